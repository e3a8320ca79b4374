"""Public views. They read through publishing.live(now) alone, know no user and set no cookie."""
