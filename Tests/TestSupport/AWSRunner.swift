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

    /// Isolated Python without its `site` starts in 20 ms. A signal that ends the client ends the tool before.
    private static func client(_ python: FilePath, _ socket: FilePath) -> String {
        """
        #!\(python) -IS
        import array, json, os, signal, socket, sys
        connection = socket.socket(socket.AF_UNIX)
        connection.connect('\(socket)')
        words = {'arguments': sys.argv[1:], 'environment': dict(os.environ), 'directory': os.getcwd()}
        request = json.dumps(words).encode()
        files = array.array('i', [0, 1, 2]).tobytes()
        connection.sendmsg(
            [len(request).to_bytes(8, 'big')], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, files)])
        connection.sendall(request)
        answer = connection.makefile('r')
        tool = int(answer.readline())
        # The tool alone has them now: who reads its output sees the end of it.
        nothing = os.open('/dev/null', os.O_RDWR)
        for file in range(3): os.dup2(nothing, file)
        def end(number, _):
            os.kill(tool, number)
            answer.readline()
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP): signal.signal(number, end)
        code = answer.readline()
        os._exit(int(code) if code else 137)

        """
    }
}
