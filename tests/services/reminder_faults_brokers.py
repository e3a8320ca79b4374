"""Brokers of these tests' own: a Redis process that can be killed, and a room of its own in RabbitMQ."""

import secrets
import shutil
import subprocess
import time
from types import TracebackType
from typing import Final, Self

import pytest
import redis

from tests.site_process import free_port

RABBITMQ: Final = "127.0.0.1:5672"


class RedisProcess:
    """A Redis that keeps nothing: when it is killed, every task is lost. Use as a context manager."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return once it answers."""
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL)
        with redis.Redis(port=self.port) as client:
            for _ in range(100):
                try:
                    client.ping()
                except redis.ConnectionError:
                    time.sleep(0.05)
                else:
                    return
        raise AssertionError("this Redis does not start")

    def kill(self) -> None:
        """End it as by kill -9."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(10)

    def __enter__(self) -> Self:
        if shutil.which("redis-server") is None:
            pytest.skip("there is no redis-server on this machine")
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()


class RabbitRoom:
    """A virtual host in the RabbitMQ of this machine. Use as a context manager."""

    def __init__(self) -> None:
        self.name = f"backspasm_test_{secrets.token_hex(4)}"
        self.url = f"amqp://guest:guest@{RABBITMQ}/{self.name}"

    def __enter__(self) -> Self:
        if shutil.which("rabbitmqctl") is None or not self._control("add_vhost", self.name):
            pytest.skip("no RabbitMQ that we may administer answers at 127.0.0.1:5672")
        assert self._control("set_permissions", "-p", self.name, "guest", ".*", ".*", ".*")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._control("delete_vhost", self.name)

    def _control(self, *command: str) -> bool:
        done = subprocess.run(["rabbitmqctl", "-q", *command], check=False, capture_output=True, timeout=60)
        return done.returncode == 0
