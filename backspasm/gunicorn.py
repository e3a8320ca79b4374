"""How gunicorn serves the site; read by ``gunicorn --config``."""

import os

bind = f"{os.environ.get('HOST') or '127.0.0.1'}:{os.environ.get('PORT') or '8000'}"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
threads = 8
worker_class = "gthread"
keepalive = 5
max_requests = 20_000
max_requests_jitter = 2_000
# No access log: addresses and search words of readers are nobody's business.
accesslog = None
errorlog = "-"
# Its warnings print addresses and the request lines it refuses, search words included.
loglevel = "error"
# A worker that cannot answer for this long is replaced.
timeout = 30
graceful_timeout = 10
limit_request_line = 4094
# The proxy in front, if any, says which scheme the reader used.
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS") or "127.0.0.1,::1"
# The site stands at the root of its address. A SCRIPT_NAME header would be written into every link of a kept page.
forwarder_headers = ""
