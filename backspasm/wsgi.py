"""The WSGI application: the page layer in front of Django."""

import os

from django.core.wsgi import get_wsgi_application
from django.utils.module_loading import import_string

from backspasm.page_layer import PageLayer

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backspasm.settings")
_django = get_wsgi_application()

# The public half says which edition is live; by name, because apps are loaded only now.
application = PageLayer(_django, import_string("education.publishing.generation"))
