"""The engine's unix socket on a TCP port, of loopback unless said otherwise, as `dockerd -H tcp://` would have it;
one that hangs up where a request holds certain bytes."""

import selectors
import socket
import threading


class Relay:
    def __init__(self, path, host="127.0.0.1", refused=None):
        self.path = path
        self.refused = refused
        self.connections = 0
        self.server = socket.create_server((host, 0))
        self.url = f"tcp://{host}:{self.server.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown(socket.SHUT_RDWR)
        self.server.close()

    def accept(self):
        while True:
            try:
                client, _ = self.server.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.relay, args=(client,), daemon=True).start()

    def relay(self, client):
        with client, socket.socket(socket.AF_UNIX) as engine, selectors.DefaultSelector() as waiting:
            engine.connect(self.path)
            waiting.register(client, selectors.EVENT_READ, engine)
            waiting.register(engine, selectors.EVENT_READ, client)
            while waiting.get_map():
                for key, _ in waiting.select():
                    try:
                        data = key.fileobj.recv(65536)
                        if self.refused and key.fileobj is client and self.refused in data:
                            return
                        if data:
                            key.data.sendall(data)
                            continue
                        key.data.shutdown(socket.SHUT_WR)
                    except OSError:
                        return
                    waiting.unregister(key.fileobj)
