"""Init: from an empty folder to the repository of an SDK, whose own tests are green at once."""
