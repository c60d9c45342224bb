"""What a change of the document means for whoever calls the API: on the wire (`wire`), and in Python (`surface`)."""
