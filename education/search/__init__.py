"""Search."""


def index_for(live):
    raise NotImplementedError
