"""What a service says where a rule of the house forbids what somebody asked for."""


class Refused(ValueError):
    """A rule of the house forbids it; the message says which, for the person who asked."""
