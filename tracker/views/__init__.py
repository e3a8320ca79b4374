"""Screens of the tracker, one module each subject."""
