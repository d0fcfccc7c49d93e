"""Any server that speaks OpenAI's chat completions: vLLM, SGLang, llama.cpp, Ollama, a hosted one.

Requests run in an event loop on a thread of their own: a slow reader of the replies makes no request late,
and leaving in the middle cancels what is under way.

A server counts tokens by request, not by choice: `completion_tokens` is exact where one choice came back, and
0, meaning unknown, where several did.
"""

from __future__ import annotations

import asyncio
import json
import os
import queue
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmdata.engines import Identity, Reply, Request
from mmdata.engines.chat import Choice, Failure, form, messages, parse, replies, retry_after, stopped
from mmdata.errors import EngineError

if TYPE_CHECKING:
    from mmdata.recipe import Teacher

RETRIED = frozenset({408, 409, 425, 429, *range(500, 600)})
BACKOFF = 0.5
"""Seconds before the second try; doubled for each further one."""
LONGEST_WAIT = 60.0
"""No wait is longer, whatever a Retry-After says."""
MOST_BYTES = 64 * 2**20
"""Of one response."""
PROBE_SECONDS = 10.0


def open_engine(teacher: Teacher, base: Path) -> OpenAI:
    """Connect to the server at `teacher.base_url`. Raises EngineError if none answers there."""
    return OpenAI(teacher)


class OpenAI:
    """One server, with at most `teacher.concurrency` requests under way."""

    def __init__(self, teacher: Teacher, who: str = "") -> None:
        import httpx2

        self._teacher, self._who = teacher, who or f"teacher {teacher.name!r}"
        try:
            url = httpx2.URL(teacher.base_url or "")
        except httpx2.InvalidURL:
            url = httpx2.URL("")
        if url.scheme not in ("http", "https") or not url.host:
            raise EngineError(f"{self._who}: base_url is no address like http://host:port/v1")
        self._url, self._shown = url, str(url.copy_with(userinfo=b"", query=None, fragment=None)).rstrip("/")
        self._key = os.environ.get(teacher.api_key_env, "").strip()
        if not (self._key.isascii() and self._key.isprintable()):
            raise EngineError(f"{self._who}: the key in {teacher.api_key_env} is no key: odd characters")
        self._server = f"{self._who}: the server at {self._shown}"
        self.identity = Identity(
            model=f"{teacher.model}@{teacher.revision or 'served'}",
            engine="openai",
            details={"base_url": self._shown},
        )
        self._one_by_one = False  # learnt from a server that ignores or refuses n
        self._stops_kept: bool | None = None  # whether it takes the key that asks for it; None: not learnt yet
        local = url.host in ("localhost", "::1", "0.0.0.0") or url.host.startswith("127.")
        self._client = httpx2.AsyncClient(
            headers={"Authorization": f"Bearer {self._key}"} if self._key else {},
            timeout=httpx2.Timeout(None, connect=30.0),  # the whole try is timed in _send
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=teacher.concurrency),
            follow_redirects=False,  # key and prompts go to no host that the recipe does not name
            trust_env=not local,  # a proxy is not asked for this machine's own servers
        )
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="openai", daemon=True)
        self._thread.start()
        try:
            self._check(*self._start(self._probe()).result())
        except BaseException:
            self.close()
            raise

    def ask(self, requests: Iterator[Request]) -> Iterator[Reply]:
        """Replies as they finish. When the server is gone, what has finished comes before EngineError."""
        done: queue.SimpleQueue[list[Reply] | Future[None]] = queue.SimpleQueue()
        under_way: set[Future[None]] = set()

        def finished() -> list[Reply]:
            found = done.get()
            if isinstance(found, list):
                return found
            under_way.discard(found)
            found.result()
            return []

        try:
            for request in requests:
                future = self._start(self._answer(request, done.put))
                under_way.add(future)
                future.add_done_callback(done.put)
                while len(under_way) >= self._teacher.concurrency or not done.empty():
                    yield from finished()
            while under_way:
                yield from finished()
        except EngineError:
            while not done.empty():
                found = done.get()
                if isinstance(found, list):
                    yield from found
            raise
        finally:
            for future in under_way:
                future.cancel()

    def close(self) -> None:
        """Cancel what is under way and hang up; harmless to call twice."""
        if self._loop.is_closed():
            return
        self._start(self._hang_up()).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _start(self, work: Coroutine[Any, Any, Any]) -> Future[Any]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def _hang_up(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._client.aclose()

    def _check(self, status: int, why: str) -> None:
        """What the first answer of the server tells about the recipe."""
        if not status:
            raise EngineError(f"{self._who}: no server answers at {self._shown} ({why}): start it or mend base_url")
        if status in (401, 403):
            raise self._key_error(status)
        if 300 <= status < 400:
            raise EngineError(f"{self._server} redirects elsewhere: mend base_url")
        if status >= 500 and status != 501:
            raise EngineError(f"{self._server} answers {why}: wait until it is ready")

    def _key_error(self, status: int) -> EngineError:
        name = self._teacher.api_key_env
        what = f"refuses the key in {name}" if self._key else f"asks for a key: put it into {name}"
        return EngineError(f"{self._server} {what} (HTTP {status})")

    async def _probe(self) -> tuple[int, str]:
        """The status of GET /models, whatever it is; 0 and a reason where nothing answers."""
        import httpx2

        try:
            async with asyncio.timeout(PROBE_SECONDS):
                async with self._client.stream("GET", self._at("models")) as response:
                    return response.status_code, f"HTTP {response.status_code}"
        except (httpx2.RequestError, TimeoutError) as error:
            return 0, _brief(error) or "no answer in time"

    def _at(self, path: str) -> Any:
        return self._url.copy_with(path=f"{self._url.path.rstrip('/')}/{path}")

    async def _answer(self, request: Request, give: Callable[[list[Reply]], None]) -> None:
        """All samples of one request, in order, given as they come: at once where the server grants n."""
        started, got, refused = time.monotonic(), 0, False
        try:
            asked = await asyncio.to_thread(messages, request) if request.images else messages(request)
            while got < request.count:
                left = request.count - got
                n = 1 if refused or self._one_by_one else left
                try:
                    found = await self._choices(asked, request, got, n)
                except Failure as failure:
                    if not failure.refused or n == 1:
                        raise
                    refused = True  # perhaps only because of n: some know no n, vLLM none at temperature 0
                    continue
                self._one_by_one |= refused or (n > 1 and len(found) == 1)
                give(replies(request, got, found[:left], time.monotonic() - started))
                got += len(found)
        except Failure as failure:
            rest = [Choice(error=str(failure))] * (request.count - got)
            give(replies(request, got, rest, time.monotonic() - started))

    async def _choices(self, asked: list[Any], request: Request, at: int, n: int) -> list[Choice]:
        stops, kept = request.sampling.stop, self._stops_kept is not False
        try:
            answer = await self._post(form(self._teacher.model, asked, request, at, n, kept))
        except Failure as failure:
            if not (failure.refused and stops and kept) or self._stops_kept:
                raise
            kept = False  # perhaps only because of the key that asks to keep them
            answer = await self._post(form(self._teacher.model, asked, request, at, n, kept))
        found = parse(answer)
        if stops and self._stops_kept is not True:
            self._stops_kept = kept
        return found if kept else [stopped(choice, stops) for choice in found]

    async def _post(self, body: bytes) -> bytes:
        """The body of a 200, after as many tries as the recipe allows."""
        import httpx2

        lost, problem, wait = False, "", None
        for attempt in range(self._teacher.retries + 1):
            if attempt:
                await asyncio.sleep(min(LONGEST_WAIT, BACKOFF * 2 ** (attempt - 1) if wait is None else wait))
            try:
                status, headers, answer = await self._send(body)
            except (httpx2.RequestError, TimeoutError) as error:
                lost, wait = True, None
                problem = _brief(error) or f"no answer within {self._teacher.timeout:g} s"
                continue
            if status == 200:
                return answer
            problem = f"HTTP {status}: {self._message(answer)}"
            if status == 401:
                raise self._key_error(status)
            if status == 404:  # the model's name or the path: no other request would fare better
                raise EngineError(f"{self._who}: {self._shown} does not know {self._teacher.model}: {problem}")
            if status not in RETRIED:
                raise Failure(problem, refused=status in (400, 422))
            lost, wait = status >= 500, retry_after(headers)
        if lost:
            status, why = await self._probe()
            if not status or status >= 500:
                raise EngineError(
                    f"{self._server} stopped answering ({problem}; then {why}): "
                    "finished requests are kept: start it and build again"
                )
        raise Failure(f"{problem} (after {self._teacher.retries + 1} tries)")

    async def _send(self, body: bytes) -> tuple[int, Mapping[str, str], bytes]:
        headers, answer = {"Content-Type": "application/json"}, bytearray()
        async with asyncio.timeout(self._teacher.timeout):
            async with self._client.stream(
                "POST", self._at("chat/completions"), content=body, headers=headers
            ) as response:
                async for chunk in response.aiter_bytes():
                    answer += chunk
                    if len(answer) > MOST_BYTES:
                        raise Failure(f"the answer is larger than {MOST_BYTES >> 20} MiB")
                return response.status_code, response.headers, bytes(answer)

    def _message(self, answer: bytes) -> str:
        """What the server says is wrong, in a line and without the key, should it repeat it."""
        text = answer[:4000].decode(errors="replace")
        try:
            said = json.loads(answer)
            said = said.get("error", said)
            text = str(said.get("message") or said.get("detail") or said) if isinstance(said, dict) else str(said)
        except (ValueError, AttributeError, RecursionError):
            pass  # then it is shown as it is
        return " ".join(text.replace(self._key or "\0", "***").split())[:300]


def _brief(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or ("" if isinstance(error, TimeoutError) else type(error).__name__)
