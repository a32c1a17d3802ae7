import Foundation
import Glibc
import Testing

/// Somebody else on the same machine. Needs root, to become somebody else.
@Suite(.sharedHeadquarters, .serialized) struct KeyAgentStrangerTests {
    private static let caller = """
        import socket, sys
        line = socket.socket(socket.AF_UNIX)
        line.connect(sys.argv[1])
        line.settimeout(20)
        try:
            line.sendall(bytes.fromhex(sys.argv[2]))
            line.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        answer = b""
        try:
            while part := line.recv(100):
                answer += part
        except ConnectionResetError:
            pass
        print(len(answer))
        """

    @Test(.enabled(if: geteuid() == 0, "only root becomes another user"))
    func `another user gets no answer from the agent, even where every folder is open`() throws {
        let headquarters = try #require(Headquarters.shared)
        let ann = try NoKeyring(headquarters)
        let request = try ann.request(2).map { String(format: "%02x", $0) }.joined()
        let call = ["/usr/bin/python3", "-c", Self.caller, ann.socketPath, request]
        let stranger = ["--reuid=65534", "--regid=65534", "--clear-groups"] + call
        // The folders keep others out.
        #expect(try headquarters.program("/usr/bin/setpriv", stranger).finish().status != 0)
        for folder in [headquarters.folder.path, ann.runtime.path, ann.folder] { #expect(chmod(folder, 0o755) == 0) }
        #expect(chmod(ann.socketPath, 0o666) == 0)
        let refused = try headquarters.program("/usr/bin/setpriv", stranger).finish(within: 30)
        #expect(refused.status == 0 && refused.output == "0\n", "\(refused.output)\(refused.error)")
        #expect(try headquarters.program(call[0], Array(call.dropFirst())).finish(within: 30).output == "33\n")
        kill(try #require(ann.agents().first), SIGKILL)
    }
}
