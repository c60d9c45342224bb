"""Take a changed document in: one command from what the vendor published to a package with the right next version."""
