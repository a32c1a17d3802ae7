internal import Foundation
public import SeamarkCrypto
public import SeamarkJournal

/// A device's store, unlocked: its state in memory, and transactions on it that are durable when they return.
///
/// Any number of processes (and of these) share one store: each transaction first reads what the others wrote. It lies in a
/// file (`DeviceStore`) or in memory (`MemoryDeviceStore`) and behaves alike. `@unchecked Sendable` because everything that
/// changes is touched under `lock` alone.
public final class OpenDeviceStore: @unchecked Sendable {
    /// Names the store, not the device: a restored copy has the same.
    public let id: Identifier
    /// What opens the store without the passphrase: for the keyring, until the member locks it again.
    public let storeKey: SecretBytes
    private let shelf: any RowShelf
    private let hasBeenLocked: @Sendable () -> Bool
    private let isGone: @Sendable () -> Bool
    private let syncLock: @Sendable () throws(DeviceStoreError) -> SyncLock
    private let limit: Int64
    private let lock = NSLock()
    private var view: DeviceView
    /// Set when what is in memory may not be what is on disk.
    private var fault: DeviceStoreError?
    private var owesErasure = false
    /// Where the bytes of attachments lie; nil for a store in memory.
    let attachmentFolder: AttachmentFolder?

    /// Reads everything. `limit`: only rows before this number; then nothing can be written.
    init(
        id: Identifier, storeKey: SecretBytes, shelf: any RowShelf, limit: Int64 = .max, attachmentFolder: AttachmentFolder? = nil,
        isLocked: @escaping @Sendable () -> Bool = { false }, isGone: @escaping @Sendable () -> Bool = { false },
        syncLock: @escaping @Sendable () throws(DeviceStoreError) -> SyncLock
    ) throws(DeviceStoreError) {
        self.id = id
        self.storeKey = storeKey
        self.shelf = shelf
        self.limit = limit
        hasBeenLocked = isLocked
        self.isGone = isGone
        self.syncLock = syncLock
        self.attachmentFolder = attachmentFolder
        do {
            view = DeviceView(sealer: RowSealer(store: id, key: try SealingKey(dataKey: storeKey)))
            try load()
        } catch { throw DeviceStoreError.of(error) ?? .notAStore }
    }

    private func load() throws {
        let view = DeviceView(sealer: self.view.sealer)
        try shelf.read { try view.read($0, before: limit) { _, _ in } }
        self.view = view
        fault = nil
    }

    private func recover() throws {
        switch fault {
        case nil: return
        case .mustReopen?: throw DeviceStoreError.mustReopen
        case .wipedMeanwhile?: throw DeviceStoreError.wipedMeanwhile
        case _?: try load()
        }
    }

    /// The state as this process last saw it. Let go of it before the next transaction, which otherwise copies what it holds.
    public var state: DeviceState {
        get throws(DeviceStoreError) {
            lock.lock()
            defer { lock.unlock() }
            do { try recover() } catch { throw DeviceStoreError.of(error) ?? .mustReopen }
            return view.state
        }
    }

    /// Was the store locked or wiped since it was opened here? Its key is in this process alone then, which is to end: nothing else makes it. Costs
    /// a look at two files.
    public var isLocked: Bool { isWiped || hasBeenLocked() }

    /// Was the store wiped, or were its files taken away, since it was opened here? What this process still has of it is to be shown and kept no more.
    public var isWiped: Bool { isGone() }

    /// How far this process has read and written: grows with everything that is stored, by whichever process.
    public var reach: Int64 {
        lock.lock()
        defer { lock.unlock() }
        return view.last
    }

    /// Reads what other processes appended, and returns it.
    @discardableResult
    public func refresh() throws(DeviceStoreError) -> [DeviceEvent] {
        lock.lock()
        defer { lock.unlock() }
        do {
            try recover()
            var tail: [DeviceEvent] = []
            try shelf.read { try view.read($0, before: limit) { _, event in tail.append(event) } }
            return tail
        } catch { throw DeviceStoreError.of(error) ?? .mustReopen }
    }

    /// Runs `body` with nobody else writing, after reading what others wrote. What it appends is durable when this returns;
    /// when `body` or the disk fails, or the store was wiped meanwhile, nothing of it is kept. Short: no waiting inside, and no other call to this store.
    /// Throws `DeviceStoreError`, or what `body` throws.
    public func transaction<Value>(_ body: (DeviceTransaction) throws -> Value) throws -> Value {
        lock.lock()
        defer { lock.unlock() }
        do { try recover() } catch { throw DeviceStoreError.of(error) ?? error }
        guard limit == .max else { throw DeviceStoreError.readingOnly }
        guard !isGone() else { throw DeviceStoreError.wipedMeanwhile }
        var transaction: DeviceTransaction?
        do {
            let value = try shelf.write { rows in
                var tail: [DeviceEvent] = []
                try view.read(rows) { _, event in tail.append(event) }
                let running = DeviceTransaction(tail: tail, view: view, rows: rows)
                transaction = running
                let value = try body(running)
                if let failure = running.failure { throw failure }
                return value
            }
            // A wipe destroys the key before it takes any file: where the key is there now, what was appended lay in a store that was whole.
            guard !isGone() else { throw DeviceStoreError.wipedMeanwhile }
            if transaction?.owesErasure == true { owesErasure = true }
            // Others may be reading just now; then the next transaction, or the last process to close, does it.
            if owesErasure, (try? shelf.eraseTraces()) != nil { owesErasure = false }
            return value
        } catch {
            if transaction?.hasAppended == true { giveUp(error) }
            if fault == .wipedMeanwhile { throw DeviceStoreError.wipedMeanwhile }
            throw DeviceStoreError.of(error) ?? error
        }
    }

    /// Memory has run ahead of the disk: read it anew. After a failed write or fsync nobody knows what is on the disk, and
    /// asking the same open file may be answered wrongly; only opening anew tells.
    private func giveUp(_ error: any Error) {
        if isGone() {
            fault = .wipedMeanwhile
        } else if case .failed? = DeviceStoreError.of(error) {
            fault = .mustReopen
        } else if let error = error as? StoreError, error.isOfInputOutput {
            // Told as a full disk perhaps, but one that was noticed too late.
            fault = .mustReopen
        } else {
            do { try load() } catch { fault = DeviceStoreError.of(error) ?? .notAStore }
        }
    }

    /// A block of the scope that the store holds, byte for byte; nil when it holds none of this hash.
    public func block(_ hash: Hash256, of scope: Identifier) throws(DeviceStoreError) -> Block? {
        lock.lock()
        defer { lock.unlock() }
        do {
            try recover()
            return try shelf.read { try view.block(hash, of: scope, $0) }
        } catch { throw DeviceStoreError.of(error) ?? .mustReopen }
    }

    /// Reads every event anew from the disk, in order, with its row's number: for proofs, donations and examinations.
    /// Rows that a later one made needless are gone.
    public func forEachEvent(_ body: (Int64, DeviceEvent) throws -> Void) throws {
        let view = DeviceView(sealer: self.sealer)
        do { try shelf.read { try view.read($0, before: limit, body) } } catch { throw DeviceStoreError.of(error) ?? error }
    }

    /// Reads every event of one scope anew from the disk, in order: what `forEachEvent` hands out of it, since it was last begun. The other
    /// scopes are left alone, and nothing is folded a second time.
    public func forEachEvent(of scope: Identifier, _ body: (ReplicaEvent) throws -> Void) throws {
        lock.lock()
        defer { lock.unlock() }
        do {
            try recover()
            try shelf.read { rows in
                try view.read(rows, before: limit) { _, _ in }
                try view.forEachEvent(of: scope, rows, body)
            }
        } catch { throw DeviceStoreError.of(error) ?? error }
    }

    /// The key under which everything of a scope is sealed; nil where the device does not hold the scope.
    func sealingKey(of scope: Identifier) -> SealingKey? {
        lock.lock()
        defer { lock.unlock() }
        return view.key(of: scope)
    }

    private var sealer: RowSealer {
        lock.lock()
        defer { lock.unlock() }
        return view.sealer
    }

    /// Held while a sync runs, by it alone. Throws `syncRunning`.
    public func takeSyncLock() throws(DeviceStoreError) -> SyncLock { try syncLock() }
}
