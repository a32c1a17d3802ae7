public import SeamarkJournal

/// One look at a device's store with nobody else writing, and what is written on top of it.
///
/// It lives as long as the closure that it is handed to.
public final class DeviceTransaction {
    /// What other processes appended since this one last looked.
    public let tail: [DeviceEvent]
    private let view: DeviceView
    private let rows: any RowAccess
    private(set) var hasAppended = false
    /// Something was deleted that must leave no trace in the files.
    private(set) var owesErasure = false
    private(set) var failure: (any Error)?

    init(tail: [DeviceEvent], view: DeviceView, rows: any RowAccess) {
        self.tail = tail
        self.view = view
        self.rows = rows
    }

    /// The state with the tail and everything appended here. A copy that is still held while more is appended costs
    /// a copy of what it holds: ask again instead.
    public var state: DeviceState { view.state }

    /// Appends events; they are durable when the transaction has ended without an error. Each must fit on the state
    /// (a scope is added, then its stream began, and blocks continue the stream): what does not is our own mistake.
    /// After an error nothing of the transaction is kept, even if the error is swallowed.
    public func append(_ events: [DeviceEvent]) throws(DeviceStoreError) {
        for event in events {
            hasAppended = true
            if case .scopeLeft = event { owesErasure = true }
            do {
                if try view.append(event, rows) { owesErasure = true }
            } catch {
                failure = failure ?? error
                throw DeviceStoreError.of(error) ?? .mustReopen
            }
        }
    }

    public func append(_ event: DeviceEvent) throws(DeviceStoreError) { try append([event]) }

    /// A block of the scope that the store holds, byte for byte; nil when it holds none of this hash.
    public func block(_ hash: Hash256, of scope: Identifier) throws -> Block? {
        do { return try view.block(hash, of: scope, rows) } catch { throw DeviceStoreError.of(error) ?? error }
    }
}
