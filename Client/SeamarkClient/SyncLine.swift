package import SeamarkProtocol

/// Where a sync's messages go: TLS over a socket, or a simulation's link.
package protocol SyncLine: AnyObject {
    func send(_ message: Message) throws
    /// In bytes, as far as the line knows.
    var bytesSent: Int { get }
    var bytesReceived: Int { get }
    /// Says that nothing more comes.
    func close()
}

extension Conversation: SyncLine {}
