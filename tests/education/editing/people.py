"""People who edit, for tests."""

from django.contrib.auth.models import Group

from backspasm.models import User


def person(name: str, *roles: str) -> User:
    """Return a staff account with these roles: 'Author', 'Clinical reviewer', 'Publisher'."""
    user = User.objects.create_user(f"{name}@example.org", is_staff=True)
    user.groups.set([Group.objects.get(name=role) for role in roles])
    return user
