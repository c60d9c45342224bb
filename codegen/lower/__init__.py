"""Every name, type and default is decided, part by part."""
