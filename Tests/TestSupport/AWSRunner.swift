import Foundation
import Glibc
import Synchronization
import SystemPackage

/// The `aws` tool, loaded once for all tests: `aws_runner.py`.
enum AWSRunner {
    /// A program that is used as `aws`. It is there as soon as ``start()`` has returned.
    static let program = directory.appending("aws")

    /// Its directory, for `PATH`.
    static let directory = SharedDirectory.path.appending("aws-runner")

    /// Starts it, if that has not been done.
    static func start() async throws { _ = try await running.value }

    private static let running = Once { () -> RunningProgram in
        try FileManager.default.createDirectory(atPath: directory.string, withIntermediateDirectories: true)
        let socket = directory.appending("socket")
        let python = ObjectServer.tools.appending("python")
        let running = try Program(python).start(
            [script.string, socket.string], in: directory, environment: ["PATH": "/usr/bin:/bin", "HOME": "/nowhere"])
        toEnd.withLock { $0 = running.processIdentifier }
        atexit { if let process = toEnd.withLock({ $0 }) { kill(process, SIGKILL) } }
        guard try await running.says("Running") else {
            throw ObjectServer.Missing(description: "\(script) does not run: \(try await running.outcome().errors)")
        }
        try Data(client(python, socket).utf8).write(to: URL(filePath: program.string))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.string)
        return running
    }

    /// The runner's process, which ends with this one.
    private static let toEnd = Mutex<Int32?>(nil)

    private static let script = FilePath(#filePath).removingLastComponent().appending("aws_runner.py")

    /// Isolated Python without its `site` and without the modules `socket`, `signal` and `json` starts in 9 ms, else in 20: what they
    /// wrap is enough. A signal that ends the client ends the tool before.
    private static func client(_ python: FilePath, _ socket: FilePath) -> String {
        """
        #!\(python) -IS
        import _signal, _socket, marshal, os, sys
        connection = _socket.socket(_socket.AF_UNIX)
        connection.connect('\(socket)')
        request = marshal.dumps((sys.argv[1:], dict(os.environ), os.getcwd()))
        files = b''.join(number.to_bytes(4, sys.byteorder) for number in range(3))
        connection.sendmsg(
            [len(request).to_bytes(8, 'big')], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, files)])
        connection.sendall(request)
        def line():
            text = b''
            while not text.endswith(b'\\n') and (byte := connection.recv(1)): text += byte
            return text
        tool = int(line())
        # The tool alone has them now: who reads its output sees the end of it.
        nothing = os.open('/dev/null', os.O_RDWR)
        for file in range(3): os.dup2(nothing, file)
        def end(number, _):
            os.kill(tool, number)
            line()
            _signal.signal(number, _signal.SIG_DFL)
            os.kill(os.getpid(), number)
        for number in (_signal.SIGTERM, _signal.SIGINT, _signal.SIGHUP): _signal.signal(number, end)
        code = line()
        os._exit(int(code) if code else 137)

        """
    }
}
