"""What a generated client does at run time: check, write, sign, send, classify, decode."""
