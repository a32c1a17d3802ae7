/// A mistake planted into the harness, so that each checker is seen to find what it is for.
///
/// A mistake planted into the shipped code is checked the same way: apply the patch, run `./Scripts/simulate --schedules 2000 --quiet`,
/// and expect exit status 1 and a JSON line in which the invariant that the patch breaks has a count above zero (`violations` by name).
/// A patch whose run ends with 0 is a hole. `--schedules` bounds the time; a crash of the process is reported as `trapped`, not as one
/// of the invariants.
public enum Mistake: String, CaseIterable, Sendable {
    /// The server's receipts go out before its transactions are durable.
    case acknowledgesBeforeCommit
    /// A device's store is put back to an old copy, and nobody is told that work was lost.
    case forgetsWork
    /// The log of one scope goes on after everybody has read it.
    case writesBehindTheBack
    /// A device takes its member's action in twice: it repeats what it was asked, not what it wrote down.
    case repeatsIntent
    /// Somebody writes with a key of nobody's device.
    case forgesWork
    /// What a sync has to say of forks is swallowed.
    case swallowsReports
    /// One device's connections break for ever.
    case staysCut
    /// One device goes on working after its last sync but one.
    case leavesOutboxFull
    /// A device shows one of its records without its first head.
    case hidesAHead
    /// The server's keys are not those that the tenant authority signed.
    case losesItsAuthority
    /// Whoever verifies the server's store holds another key for a device than the one it signs with.
    case misplacesAKey
    /// A device that alone holds work of others is set up anew before it has given that back.
    case dropsACopy
    /// The server's log is read without its blocks.
    case overlooksBlocks
    /// Headquarters does not redact what those said who withdraw consent.
    case forgetsConsent
    /// Bytes that headquarters does not hold yet are removed.
    case losesBytes
    /// A sync is given no budget, although its member gave one.
    case forgetsItsBudget
    /// Of two records the other one than was meant is merged away.
    case mergesTheOtherWay
    /// Commits do not wait for the disk: what `synchronous=NORMAL` leaves out.
    case waitsForNoCommit
    /// Nothing waits for the disk: what `synchronous=OFF` leaves out.
    case waitsForNoDisk
    /// What a member does next hangs on dice that the seed does not make.
    case castsForeignDice

    /// Which syncs the disks honour.
    var honouring: Mount.Honouring {
        switch self {
        case .waitsForNoCommit: .checkpoints
        case .waitsForNoDisk: .none
        case _: .allSyncs
        }
    }
}
