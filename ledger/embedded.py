"""The embedded chain: an anvil node that this process supervises and keeps on disk.

Anvil holds its chain in memory, so the supervisor does three things that anvil does not:

* It mines. While transactions wait, a block every ``block_time_s``; when none come, ever more
  seldom, up to one in `IDLE_BLOCK_S`. Block time thus follows the wall clock at no great size.
* It keeps. Between two blocks it asks for the whole chain and writes it beside the last copy: a new
  file, flushed, then renamed. No copy shows half a block, and a kill at any moment costs at
  most the blocks since the last copy, whose transactions their relayers send again.
* It cleans up. Anvil ends with its supervisor even if that is killed, and is started again from the
  last copy if it dies alone.

Gas costs nothing on this chain: an account without coins sends with both fee caps at zero.
"""

import contextlib
import fcntl
import gzip
import http.client
import json
import os
import platform
import signal
import socket
import subprocess
import threading
import time
import zlib
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

HOST = "127.0.0.1"
BLOCK_GAS_LIMIT = 60_000_000
IDLE_BLOCK_S = 30.0
"""Longest wait between two blocks while nothing happens."""

IDLE_SHARE = 1 / 8
"""An idle chain waits this share of the time since its last transaction before its next block."""

KEEP_SHARE = 1 / 4
"""Share of the time that writing copies may take; the pause after a copy grows with its cost."""

START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 60.0
PORT_GRACE_S = 3.0
STATES_IN_MEMORY = 128

# The shell reads from a pipe that only the supervisor holds open. Its end, however it comes, ends
# the pipe and so anvil; and the end of anvil ends the shell. An anvil that is stopped by a signal
# tells the shell the same as one that ended, so it is ended: without the shell nobody holds it.
LEASH = (
    'trap "kill -9 \\$child; wait \\$child; exit 1" CHLD; "$@" & child=$!; '
    'read -r _; kill -9 "$child"; wait "$child"'
)


class EmbeddedChainError(RuntimeError):
    """The embedded chain cannot run."""


class ChainBinaryMissing(EmbeddedChainError):
    """Anvil is not installed."""


class ChainPortTaken(EmbeddedChainError):
    """Another program listens on the chain's port."""


class ChainAlreadyRuns(EmbeddedChainError):
    """Another process supervises the chain of this folder."""


class ChainCopyUnreadable(EmbeddedChainError):
    """No copy of the chain in the folder can be read."""


class ChainDied(EmbeddedChainError):
    """Anvil does not start or does not answer."""


class _NoAnswer(Exception):
    """Anvil is not there (yet, or any more)."""


class EmbeddedChain:
    """A one-node chain in a folder, mined and kept by a thread of this process.

    Parameters
    ----------
    folder
        Where the copies, the log and the process id live; made if absent.
    port
        Loopback port of the JSON-RPC server; 0 takes a free one.
    block_time_s
        Time between two blocks while transactions wait.
    chain_id
        The chain's EIP-155 id.
    """

    def __init__(
        self, folder: Path, *, port: int, block_time_s: float, chain_id: int = 31337
    ) -> None:
        if block_time_s <= 0:
            raise ValueError("block_time_s must be above zero")
        self.folder = folder
        self.port = port
        self.block_time_s = block_time_s
        self.chain_id = chain_id
        self._copies = _Copies(folder)
        self._stopping = threading.Event()
        self._ready = threading.Event()
        self._thread: threading.Thread | None = None
        self._anvil: subprocess.Popen[bytes] | None = None
        self._rpc: _Rpc | None = None
        self._lock: IO[str] | None = None
        self._failure: BaseException | None = None

    @property
    def url(self) -> str:
        """Address of the JSON-RPC server."""
        return f"http://{HOST}:{self.port}"

    def start(self) -> None:
        """Start the chain, from its last copy if there is one; return when it answers.

        Raises
        ------
        ChainBinaryMissing
            If anvil is not installed.
        ChainAlreadyRuns
            If another process supervises this folder.
        ChainPortTaken
            If another program listens on the port.
        ChainCopyUnreadable
            If copies exist and none can be read.
        ChainDied
            If anvil does not come up.
        """
        anvil_path()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = _take_lock(self.folder)
        try:
            self.port = _free_port(self.port)
        except EmbeddedChainError:
            self._release()
            raise
        self._stopping.clear()
        self._ready.clear()
        self._failure = None
        self._thread = threading.Thread(target=self._supervise, name="embedded-chain", daemon=True)
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            self.wait()

    def stop(self) -> None:
        """Mine what waits, keep a last copy and end anvil."""
        self._stopping.set()
        self.wait()

    def wait(self) -> None:
        """Block until the chain has stopped; raise what stopped it, if it was not `stop`."""
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._release()
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure

    def run(self) -> None:
        """Start the chain and stop it on SIGTERM or SIGINT; for a main thread with nothing else."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stopping.set())
        self.start()
        self.wait()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _supervise(self) -> None:
        """Run the chain until told to stop (the thread's body)."""
        try:
            while not self._stopping.is_set():
                self._launch()
                self._ready.set()
                with contextlib.suppress(_NoAnswer):
                    self._mine_until_stopped()
        except BaseException as error:
            self._failure = error
        finally:
            self._end_anvil()
            self._ready.set()

    def _mine_until_stopped(self) -> None:
        last_block_s = last_transaction_s = time.monotonic()
        next_copy_s = 0.0
        is_kept = True
        while not self._stopping.wait(self.block_time_s):
            now_s = time.monotonic()
            if self._has_pending():
                last_transaction_s = now_s
                pause_s = 0.0
            else:
                pause_s = min(IDLE_BLOCK_S, IDLE_SHARE * (now_s - last_transaction_s))
            if now_s - last_block_s >= pause_s:
                self._call("evm_mine")
                last_block_s = now_s
                is_kept = False
            if not is_kept and now_s >= next_copy_s:
                next_copy_s = now_s + self._keep() / KEEP_SHARE
                is_kept = True
        if self._has_pending():
            self._call("evm_mine")
        self._keep()

    def _has_pending(self) -> bool:
        return int(self._call("txpool_status")["pending"], 16) > 0

    def _keep(self) -> float:
        """Write a copy of the chain; return the seconds it took."""
        started_s = time.monotonic()
        dump: str = self._call("anvil_dumpState")
        self._copies.write(bytes.fromhex(dump.removeprefix("0x")))
        return time.monotonic() - started_s

    def _launch(self) -> None:
        """Start anvil on the last copy and wait for its first answer."""
        self._end_anvil()
        loaded = self._copies.unpack()
        with (self.folder / "anvil.log").open("ab") as log:
            self._anvil = subprocess.Popen(
                ["/bin/sh", "-c", LEASH, "sh", *self._command(loaded)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._rpc = _Rpc(self.port)
        self._await_answer()
        if loaded is None:
            # A chain that has been seen once must stay the same chain, whatever happens next.
            self._keep()
        else:
            loaded.unlink()

    def _command(self, loaded: Path | None) -> list[str]:
        command = [str(anvil_path()), "--quiet", "--no-mining", "--no-cors"]
        command += ["--host", HOST, "--port", str(self.port), "--chain-id", str(self.chain_id)]
        command += ["--accounts", "0", "--base-fee", "0", "--gas-price", "0"]
        command += ["--gas-limit", str(BLOCK_GAS_LIMIT), "--enable-tx-gas-limit"]
        command += ["--order", "fifo", "--prune-history", str(STATES_IN_MEMORY)]
        return command if loaded is None else [*command, "--load-state", str(loaded)]

    def _await_answer(self) -> None:
        deadline_s = time.monotonic() + START_TIMEOUT_S
        assert self._anvil is not None
        while time.monotonic() < deadline_s and self._anvil.poll() is None:
            try:
                self._call("eth_chainId")
            except _NoAnswer:
                time.sleep(0.02)
            else:
                return
        raise ChainDied(f"anvil does not answer on port {self.port}: see {self.folder}/anvil.log")

    def _end_anvil(self) -> None:
        if self._rpc is not None:
            self._rpc.close()
            self._rpc = None
        if self._anvil is not None:
            assert self._anvil.stdin is not None
            self._anvil.stdin.close()
            self._anvil.wait()
            self._anvil = None

    def _call(self, method: str) -> Any:
        assert self._rpc is not None
        return self._rpc.call(method)

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def anvil_path() -> Path:
    """Find the anvil binary that `make setup` installed; ``CONSIGN_ANVIL`` overrides it.

    Raises
    ------
    ChainBinaryMissing
        If it is not there.
    """
    override = os.environ.get("CONSIGN_ANVIL")
    if override:
        path = Path(override)
    else:
        system = {"Darwin": "darwin", "Windows": "win32"}.get(platform.system(), "linux")
        machine = "arm64" if platform.machine() in ("arm64", "aarch64") else "amd64"
        modules = Path(__file__).resolve().parent.parent / "node_modules"
        path = modules / "@foundry-rs" / f"anvil-{system}-{machine}" / "bin" / "anvil"
    if not path.is_file():
        raise ChainBinaryMissing(f"no anvil at {path}: run `make setup`")
    return path


def stop_detached(folder: Path) -> bool:
    """Stop the chain of a folder, whichever process runs it; return whether one ran.

    Raises
    ------
    ChainAlreadyRuns
        If it does not stop within a minute.
    """
    try:
        holder = int((folder / "chain.pid").read_text())
    except (FileNotFoundError, ValueError):
        return False
    deadline_s = time.monotonic() + STOP_TIMEOUT_S
    is_asked = False
    while time.monotonic() < deadline_s:
        try:
            _take_lock(folder).close()
        except ChainAlreadyRuns:
            if not is_asked:
                # The lock is held, so the process that wrote this id is alive.
                os.kill(holder, signal.SIGTERM)
                is_asked = True
            time.sleep(0.05)
        else:
            return is_asked
    raise ChainAlreadyRuns(f"process {holder} still runs the chain in {folder}")


class _Copies:
    """The copies of one chain: the last one, the one before, and the genesis block's header."""

    def __init__(self, folder: Path) -> None:
        self._last = folder / "chain.json.gz"
        self._previous = folder / "chain.previous.json.gz"
        self._genesis = folder / "genesis.json"
        self._unpacked = folder / "chain.loading.json"

    def write(self, dump: bytes) -> None:
        """Make this gzipped dump the last copy."""
        if not self._genesis.exists():
            (block,) = json.loads(gzip.decompress(dump))["blocks"]
            _write_durably(self._genesis, json.dumps(block["header"]).encode())
        if self._last.exists():
            self._last.replace(self._previous)
        _write_durably(self._last, dump)

    def unpack(self) -> Path | None:
        """Lay the newest readable copy out for anvil; None if the chain is new."""
        copies = [copy for copy in (self._last, self._previous) if copy.exists()]
        if not copies:
            # What a first start left before its first copy belongs to a chain nobody has seen.
            self._genesis.unlink(missing_ok=True)
            return None
        for copy in copies:
            try:
                state = json.loads(gzip.decompress(copy.read_bytes()))
            except (OSError, EOFError, ValueError, zlib.error):
                continue
            if copy is self._previous:
                # A damaged last copy must not take the place of this one at the next write.
                self._last.unlink(missing_ok=True)
            self._drop_strangers(state)
            self._unpacked.write_text(json.dumps(state))
            return self._unpacked
        raise ChainCopyUnreadable(
            f"neither {self._last} nor {self._previous} can be read: "
            "restore one of them, or remove the folder to begin a new chain"
        )

    def _drop_strangers(self, state: dict[str, Any]) -> None:
        """Drop the genesis blocks that anvil adds to each dump after a restart.

        Left in, they would take the place of block 0 by chance at the next start.
        """
        genesis = json.loads(self._genesis.read_text())
        state["blocks"] = [
            block
            for block in state["blocks"]
            if int(block["header"]["number"], 16) > 0 or block["header"] == genesis
        ]


class _Rpc:
    """A plain JSON-RPC connection to the node of this machine."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection(HOST, port, timeout=START_TIMEOUT_S)

    def call(self, method: str) -> Any:
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": []})
        try:
            self._connection.request("POST", "/", body, {"Content-Type": "application/json"})
            answer = json.loads(self._connection.getresponse().read())
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise _NoAnswer(method) from error
        if "error" in answer:
            raise ChainDied(f"{method}: {answer['error']}")
        return answer["result"]

    def close(self) -> None:
        self._connection.close()


def _write_durably(path: Path, content: bytes) -> None:
    """Put content in place of a file so that a power cut leaves the old or the new one."""
    fresh = path.with_name(path.name + ".new")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _take_lock(folder: Path) -> IO[str]:
    """Take the folder for this process; the system gives it back however the process ends."""
    file = (folder / "chain.pid").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        holder = file.read().strip()
        file.close()
        raise ChainAlreadyRuns(f"process {holder} runs the chain in {folder}") from None
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


def _free_port(port: int) -> int:
    """Return the port as soon as nobody listens on it, or a free one for 0."""
    # The anvil of a supervisor that was killed a moment ago may still be going down.
    deadline_s = time.monotonic() + PORT_GRACE_S
    while True:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError as error:
                if time.monotonic() > deadline_s:
                    raise ChainPortTaken(
                        f"port {port} is taken by another program: stop it or choose another port"
                    ) from error
            else:
                free: int = probe.getsockname()[1]
                return free
        time.sleep(0.05)
