"""What a call is, without sockets, threads, pauses or SQL."""
