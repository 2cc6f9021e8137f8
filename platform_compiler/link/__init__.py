"""Who calls whom, through which grants: interfaces, references, the handshake, hosts."""
