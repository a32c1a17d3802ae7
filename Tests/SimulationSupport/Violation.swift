/// Something that must not be. The invariants are those of the project; one checker for each, in `World+Checks.swift`.
public struct Violation: Error, Hashable, Sendable {
    public enum Invariant: String, CaseIterable, Sendable {
        /// Work that was on a device or in a log, others' work that a device had read among it, is neither a head, nor superseded by one
        /// that names it, nor in quarantine.
        case lost
        /// At rest a staffed device's confirmed state, its digest or what it shows is not the server's.
        case diverged
        /// A change was applied twice, or one action of a member became two changes.
        case duplicated
        /// A log holds what no device signed.
        case unsigned
        /// A device has a receipt for what the log does not hold.
        case unfounded
        /// A value that was redacted, or words of somebody who withdrew consent, lie where they must not.
        case barred
        /// A fork, a quarantined change, a hold or a loss that nobody was told of.
        case unreported
        /// Three rounds without faults were not enough.
        case unconverged
        /// At rest a staffed device still has work that no receipt covers.
        case unsent
        /// An honest device and the honest server did not believe each other, or one of them failed.
        case faulted
        /// The server's store does not verify.
        case unverified
        /// A laptop that is to be wiped reads, takes work in, or is not wiped in the end.
        case disobeyed
        /// A device that waits to be confirmed reads something, or something is taken from it.
        case unconfirmed
        /// A device that watches was not told in time, over a link that was up, what a log has and where its member is staffed, or kept its own work back.
        case untold
        /// A watch went on that was stopped, or whose device was turned away.
        case unended
        /// Something of an engagement came to a device whose member was not on it by then, or which is revoked or waits.
        case overheard
        /// A sync with a budget of bytes moved more than that.
        case overspent
        /// Somebody merged two records, or took that back, and the device that did it says otherwise; or what was said of the one that is gone went by it.
        case mismerged
        /// Two runs of a seed differ.
        case undetermined
        /// The process died.
        case trapped
    }

    public let invariant: Invariant
    /// What was found; ids and numbers only.
    public let detail: String
}
