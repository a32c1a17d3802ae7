public import SeamarkCrypto

/// Why a device's store could not be made, opened, read or written. Says what to do; never what the store holds.
public enum DeviceStoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is no store at this path.
    case missing
    /// Something lies there already.
    case exists
    /// The files are not a device's store, or not whole.
    case notAStore
    /// A newer program wrote it. Nothing is lost: update this one.
    case newerVersion
    /// The lock, or the passphrase.
    case lock(PassphraseLockError)
    /// The store has no recovery code.
    case noRecovery
    /// The recovery code is another store's, or an earlier one.
    case wrongRecoveryCode
    /// The store was wiped, and its files are still to be removed.
    case wiped
    /// The store was wiped, or its files were taken away, while it was open here.
    case wipedMeanwhile
    /// The key is not this store's.
    case wrongKey
    /// This row was altered, moved, or written by another store. All rows before it are intact.
    case damagedRow(Int64)
    /// SQLite found the file damaged.
    case damagedFile
    /// The file was put back to an older one while it was open.
    case wentBack
    /// No space is left on the disk. What was acknowledged before is safe.
    case full
    /// The disk or the directory may not be written to.
    case readOnly
    /// The system gives no more open files, or no more memory.
    case exhausted
    /// Another process held the store for too long.
    case busy
    /// Another sync of this store is running.
    case syncRunning
    /// SQLite did not take a setting on which durability or secrecy leans.
    case settingRefused
    /// The disk failed while something was written: whether it is durable is known only after opening anew.
    case mustReopen
    /// Opened to read what lies before a damaged row.
    case readingOnly
    /// The system gave no entropy.
    case noEntropy
    /// Anything else that the disk or the system refused: SQLite's extended code, or errno.
    case failed(code: Int32)

    public var description: String {
        switch self {
        case .missing: "opening the store: there is none at this path; enrol this device first"
        case .exists: "creating the store: something lies at this path already; choose another or move it away"
        case .notAStore: "opening the store: its files are missing or cut short, or are not a device's store. Run 'seamark salvage', which takes out what is readable, or restore them from a copy"
        case .newerVersion: "opening the store: a newer seamark wrote it; update seamark, all work is kept"
        case .lock(let error): error.description
        case .noRecovery: "unlocking the store: it has no recovery code; unlock with the passphrase"
        case .wrongRecoveryCode: "unlocking the store: the recovery code is not the one that was made last for it"
        case .wiped: "opening the store: it was wiped, and nobody can read it any more; wipe it again to remove what is left of its files"
        case .wipedMeanwhile: "using the store: it was wiped or moved away meanwhile; nothing of this step was kept"
        case .wrongKey: "unlocking the store: the key is not this store's; unlock with the passphrase"
        case .damagedRow(let number): "reading the store: row \(number) is damaged or not of this store. Run 'seamark salvage': it takes out what is readable before and behind the damage, and the next sync hands in what waits and fetches the rest"
        case .damagedFile: "reading the store: its file is damaged. Run 'seamark salvage': it takes out what is readable, and the next sync hands in what waits and fetches the rest"
        case .wentBack: "reading the store: its file was replaced by an older one while it was open; close all seamark commands and open it again"
        case .full: "writing to the store: the disk is full. Nothing of this step was kept, all before it is safe; free some space and repeat it"
        case .readOnly: "writing to the store: the disk or directory is read-only; make it writable and repeat this step"
        case .exhausted: "using the store: the system gives no more open files or memory. Nothing of this step was kept; close other programs, or raise the limit (ulimit -n), and repeat it"
        case .busy: "writing to the store: another seamark command holds it; try again"
        case .syncRunning: "starting a sync: another sync of this store is running; wait for it, or stop it"
        case .settingRefused: "opening the store: the system's SQLite refused a setting that keeps work safe; it is too old or was changed"
        case .mustReopen: "writing to the store: the disk failed. Check the disk, then start seamark again to see what was kept"
        case .readingOnly: "writing to the store: it was opened only to read what lies before a damaged row"
        case .noEntropy: NoEntropy().description
        case .failed(let code): "using the store: the disk or the system refused (error \(code)); check the disk, the directory's permissions and the limit of open files (ulimit -n); where a disk lost what it held, 'seamark salvage' takes out what is readable"
        }
    }
}

extension DeviceStoreError {
    init(_ error: StoreError) {
        self =
            switch error.reason {
            case .missing: .missing
            case .exists: .exists
            case .notAStore, .otherTenant: .notAStore
            case .newerVersion: .newerVersion
            case .damaged: .damagedFile
            case .busy: .busy
            case .full: .full
            case .readOnly: .readOnly
            case .exhausted: .exhausted
            case .failed, .unknown, .taken: .failed(code: error.code)
            }
    }

    /// What a step of ours threw, as one of these; what the caller's own code threw stays nil.
    static func of(_ error: any Error) -> DeviceStoreError? {
        switch error {
        case let error as DeviceStoreError: error
        case let error as StoreError: DeviceStoreError(error)
        case let error as PassphraseLockError: error == .noEntropy ? .noEntropy : .lock(error)
        case is NoEntropy: .noEntropy
        case _: nil
        }
    }
}
