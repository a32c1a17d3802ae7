/// Why a store could not do what it was asked: what was being done, what was wrong. Never a value, name or text that the
/// store holds.
public struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What a caller may want to tell apart.
    public enum Reason: String, Hashable, Sendable {
        /// There is no store at this path.
        case missing
        /// A file lies where the store would be created.
        case exists
        /// A database, but not one of ours; or not a database.
        case notAStore
        /// A tenant's store, but not the one of the tenant that was meant.
        case otherTenant
        /// Written by a newer program: update this one.
        case newerVersion
        /// Something that was named is not there.
        case unknown
        /// It is there already.
        case taken
        /// What the store holds contradicts itself: verify it.
        case damaged
        /// Another process holds the store; try again.
        case busy
        /// No space is left on the disk.
        case full
        /// The disk or the directory may not be written to.
        case readOnly
        /// The system gives no more open files, or no more memory.
        case exhausted
        /// The disk or the system refused.
        case failed
    }

    public let reason: Reason
    /// SQLite's extended result code (sqlite.org/rescode.html), or errno where no database was involved; 0 for neither.
    public let code: Int32
    public let doing: StaticString
    /// What was wrong, in words; holds no data.
    public let detail: String

    public init(_ reason: Reason, code: Int32 = 0, doing: StaticString, detail: String) {
        self.reason = reason
        self.code = code
        self.doing = doing
        self.detail = detail
    }

    public static func == (left: StoreError, right: StoreError) -> Bool {
        left.reason == right.reason && left.code == right.code && left.detail == right.detail
            && left.doing.description == right.doing.description
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(reason)
        hasher.combine(code)
    }

    public var description: String {
        code == 0 ? "\(doing): \(detail)" : "\(doing): \(detail) (code \(code))"
    }
}
