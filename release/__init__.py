"""What happens to the SDK after it is generated: taking in a changed document, building, publishing, proposing."""
