"""The ways out: one file each, with one function `send(to, message)` that raises `ChannelError`."""
