import Glibc

/// A look at whether a server's port answers: a connection that is made and let go. Nothing is said over it.
public enum ServerLine {
    /// Why it does not answer, in words; nil: it does.
    public static func problem(host: String, port: UInt16, timeoutMilliseconds: Int32 = 5000, stop: StopLine = .never) -> String? {
        do throws(Socket.Failure) {
            _ = try Socket(host: host, port: port, timeoutMilliseconds: timeoutMilliseconds, stop: stop)
            return nil
        } catch {
            if error.doing == "look up the server's name" { return "nobody knows its name here" }
            switch error.code {
            case ECONNREFUSED: return "the machine is there, and nothing listens on that port"
            case ETIMEDOUT: return "it does not answer"
            case ENETUNREACH, EHOSTUNREACH: return "there is no way to it from this network"
            case let code: return "the system said error \(code)"
            }
        }
    }
}
