"""Stand-ins for the services of other people, each speaking its real protocol over real sockets."""
