"""The ZeroMQ side of one kernel: its shell and iopub channels."""

import zmq
from jupyter_client.session import Session

from autograder.sandbox.limits import Limits
from autograder.sandbox.messages import Message, parse
from autograder.sandbox.server import ServerGoneError

# The numbers at the end of the sockets' names; inside/kernel_app.py says the same.
PORTS = {"shell_port": 1, "iopub_port": 2, "stdin_port": 3, "control_port": 4, "hb_port": 5}
QUEUE = 4  # messages ZeroMQ holds for us; the kernel holds the others
RECONNECT_MILLISECONDS = 1_000_000_000  # eleven days: longer than any notebook
ASK_SECONDS = 0.2  # without a word from a new kernel until it is asked


class Channels:
    """Shell and iopub of one kernel. The sockets connect once and never again."""

    def __init__(self, ipc: str, key: str, limits: Limits) -> None:
        self.received_bytes, self.received = 0, 0
        self._session = Session(key=key.encode(), username="grader")
        self._context = zmq.Context()
        self._shell = self._connect(zmq.DEALER, f"ipc://{ipc}/k-{PORTS['shell_port']}", limits)
        self._iopub = self._connect(zmq.SUB, f"ipc://{ipc}/k-{PORTS['iopub_port']}", limits)
        self._lost = [s.get_monitor_socket(zmq.EVENT_DISCONNECTED) for s in (self._shell, self._iopub)]

    def _connect(self, kind: int, address: str, limits: Limits) -> zmq.Socket:
        socket = self._context.socket(kind)
        socket.setsockopt(zmq.MAXMSGSIZE, limits.message_bytes)
        socket.setsockopt(zmq.RCVHWM, QUEUE)
        # A student may put a link in the place of a socket: never follow it anywhere. With -1, for never, libzmq 4.3.5
        # drops what it holds when the kernel ends: in the middle of a message it then waits forever, or aborts.
        socket.setsockopt(zmq.RECONNECT_IVL, RECONNECT_MILLISECONDS)
        socket.setsockopt(zmq.LINGER, 0)
        socket.setsockopt(zmq.SNDTIMEO, 1000)  # milliseconds; without a peer, sending would wait forever
        if kind == zmq.SUB:
            socket.setsockopt(zmq.SUBSCRIBE, b"")
        socket.connect(address)
        return socket

    def handshake(self, seconds: float) -> None:
        """Wait for the kernel's first message on iopub: from then on none is lost, and requests wait on the shell
        channel until they are read. ServerGoneError if none comes in time.

        The first is its welcome. ipykernel forgets that now and then, when our subscription arrives in the middle of
        a message to nobody; a question makes it speak.
        """
        for _ in range(round(seconds / ASK_SECONDS)):
            if self._iopub.poll(int(ASK_SECONDS * 1000)):
                return
            self._session.send(self._shell, "kernel_info_request", {})
        raise ServerGoneError

    def execute(self, code: str, sent: str = "") -> str:
        """Send a cell; returns the id that its answers carry. zmq.Again if nobody takes it.

        A text in `sent` travels beside the code, which finds it in the request's metadata; such a cell is silent.
        """
        content = {"code": code, "silent": bool(sent), "store_history": not sent, "user_expressions": {}}
        content |= {"allow_stdin": False, "stop_on_error": False}
        self.received_bytes, self.received = 0, 0
        request = self._session.msg("execute_request", content, metadata={"sent": sent})
        self._session.send(self._shell, request)
        return str(request["header"]["msg_id"])

    def receive(self, seconds: float, *others: int) -> list[Message | None]:
        """What comes in that time, at most one message a channel; sooner if one of `others` has something."""
        poller = zmq.Poller()
        for source in (self._shell, self._iopub, *others):
            poller.register(source, zmq.POLLIN)
        ready = dict(poller.poll(int(seconds * 1000)))
        return [self._read(socket) for socket in (self._iopub, self._shell) if socket in ready]

    def _read(self, socket: zmq.Socket) -> Message | None:
        frames = socket.recv_multipart()
        self.received += 1
        self.received_bytes += sum(map(len, frames))
        return parse(frames)

    @property
    def lost(self) -> bool:
        """Whether the kernel's end is gone, or ZeroMQ closed a channel because a message was too large."""
        return any(monitor.poll(0) for monitor in self._lost)

    def close(self) -> None:
        """Close the sockets and drop what they hold."""
        for socket in (self._shell, self._iopub):
            socket.disable_monitor()
        self._context.destroy(linger=0)
