"""Is the aws tool, many times, and loads it once.

The tool takes half a second to load, and the tests start it hundreds of times. This process loads it and listens on a socket.
For each client it makes a copy of itself (fork), and the copy is the tool: with the arguments, the environment, the directory
and the three files of the client.

    aws_runner.py SOCKET

A client sends eight bytes, the length of the rest, with its three files; then its arguments, environment and directory, as Python's
marshal writes them. It gets a line with the number of the process, and one with the exit code. See AWSRunner.swift.
"""

import array
import gc
import marshal
import os
import signal
import socket
import sys
import threading

import awscli.clidriver
import awscli.customizations.s3.subcommands  # noqa: F401  (loaded late otherwise)

# Where the descriptions of the services are: the tool says it to itself in the environment when it is loaded.
DATA = os.environ["AWS_DATA_PATH"]


def load():
    """Loads what the tool loads only when it is used."""
    driver = awscli.clidriver.create_clidriver()
    loader = driver.session.get_component("data_loader")
    for service in ("s3", "rds"):
        driver.session.create_client(service, region_name="eu-central-1")
        # Each looks through the directories of four hundred services.
        for kind in ("paginators-1", "waiters-2"):
            loader.load_service_model(service, kind)
    driver.create_help_command()
    # Each process uses it once. It looks at the environment only when it is used.
    awscli.clidriver.create_clidriver = lambda: driver


def receive(connection):
    files = array.array("i")
    head, ancillary, _, _ = connection.recvmsg(8, socket.CMSG_SPACE(3 * files.itemsize), socket.MSG_WAITALL)
    for level, kind, value in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            files.frombytes(value[: len(value) - len(value) % files.itemsize])
    length = int.from_bytes(head, "big")
    return marshal.loads(connection.recv(length, socket.MSG_WAITALL)), list(files)


def be_the_tool(connection):
    (arguments, environment, directory), files = receive(connection)
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(environment, AWS_DATA_PATH=DATA)
    os.chdir(directory)
    sys.argv = ["aws", *arguments]
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    connection.sendall(b"%d\n" % os.getpid())

    def follow():
        # The client says nothing more. It has ended.
        connection.recv(1)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=follow, daemon=True).start()
    code = awscli.clidriver.main()
    sys.stdout.flush()
    sys.stderr.flush()
    connection.sendall(b"%d\n" % code)
    os._exit(0)


def main():
    load()
    # What is there stays; collecting it would copy its memory in each process.
    gc.disable()
    # Nobody waits for the copies.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(sys.argv[1])
    listener.listen(64)
    print("Running", file=sys.stderr, flush=True)
    while True:
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            try:
                be_the_tool(connection)
            finally:
                os._exit(255)
        connection.close()


main()
