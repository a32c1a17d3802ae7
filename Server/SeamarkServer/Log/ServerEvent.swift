public import Logging
internal import SeamarkStore

/// What the server writes a line about: one event, one line, on standard error. `Server/LOGS.md` is the same list for people.
public enum ServerEvent: String, CaseIterable, Sendable {
    // The server itself.
    case listening = "server.listening"
    case stopping = "server.stopping"
    case stopped = "server.stopped"
    case serverCertificateRenewed = "server.certificateRenewed"
    case fault = "server.fault"
    case suppressed = "lines.suppressed"
    // Its tenants.
    case tenantOpened = "tenant.opened"
    case tenantKeysWrapped = "tenant.keysWrapped"
    case tenantDamaged = "tenant.damaged"
    case tenantNotOpened = "tenant.notOpened"
    case tenantsNotRead = "tenant.notLookedAt"
    case tenantNotClosed = "tenant.notClosed"
    case retentionRedacted = "retention.redacted"
    case retentionSilent = "retention.silent"
    // What an administrator must look into: it is counted in `status` too.
    case rolledBack = "alarm.rolledBack"
    case twoCopies = "alarm.twoCopies"
    case rowsRepaired = "alarm.rowsRepaired"
    case rulesDiffer = "alarm.rulesDiffer"
    case invitationReused = "alarm.invitationReused"
    case unknownEngagement = "alarm.unknownEngagement"
    case unknownDevice = "alarm.unknownDevice"
    // Who is who.
    case sessionBegan = "session.began"
    case deviceEnrolled = "device.enrolled"
    case deviceRenewed = "device.renewed"
    case handshakeFailed = "handshake.failed"
    case doorRefused = "door.refused"
    case doorClosed = "door.closed"
    case enrolmentRefused = "enrolment.refused"
    case sessionDismissed = "session.dismissed"
    // Who may what.
    case pushRefused = "push.refused"
    case changesRefused = "push.quarantined"
    case readRefused = "read.refused"
    case donationRefused = "donation.refused"
    case attachmentRefused = "attachment.refused"
    case claimUnproven = "claim.unproven"
    // Who misbehaves.
    case frameRefused = "frame.refused"
    case connectionSlow = "connection.slow"
    case connectionCut = "connection.cut"
    case connectionEnded = "connection.ended"
    case limitReached = "connection.limit"
    case addressRefused = "address.refused"

    /// What a line may say beside its event. Ids, numbers, an address and words of ours: nothing that somebody typed.
    public enum Field: String, CaseIterable, Sendable {
        case address, tenant, device, code, count, alert, reason, doing, port, tenants, keys, event
    }

    public var level: Logger.Level {
        switch self {
        case .fault, .tenantDamaged, .tenantNotOpened, .tenantsNotRead, .tenantNotClosed: .error
        case .retentionSilent, .rolledBack, .twoCopies, .rowsRepaired, .rulesDiffer, .invitationReused, .unknownEngagement, .unknownDevice, .addressRefused, .suppressed: .warning
        case .tenantOpened, .connectionCut, .connectionEnded: .info
        case .listening, .stopping, .stopped, .serverCertificateRenewed, .tenantKeysWrapped, .retentionRedacted, .sessionBegan, .deviceEnrolled, .deviceRenewed,
            .handshakeFailed, .doorRefused, .doorClosed, .enrolmentRefused, .sessionDismissed, .pushRefused, .changesRefused, .readRefused, .donationRefused,
            .attachmentRefused, .claimUnproven, .frameRefused, .connectionSlow, .limitReached:
            .notice
        }
    }

    /// What may stand beside it, in the order of the page.
    public var fields: [Field] {
        switch self {
        case .listening: [.port, .tenants]
        case .stopping, .stopped, .serverCertificateRenewed: []
        case .fault: [.doing, .reason]
        case .suppressed: [.event, .count]
        case .tenantOpened, .retentionRedacted, .retentionSilent: [.tenant]
        case .tenantKeysWrapped: [.tenant, .keys]
        case .tenantDamaged: [.tenant, .reason]
        case .tenantNotOpened: [.tenant, .reason]
        case .tenantsNotRead, .tenantNotClosed: [.reason]
        case .rolledBack, .twoCopies, .rowsRepaired, .rulesDiffer, .invitationReused, .unknownEngagement, .unknownDevice: [.tenant, .device]
        case .sessionBegan: [.address, .tenant, .device]
        case .deviceEnrolled: [.address, .tenant, .device]
        case .deviceRenewed, .limitReached, .addressRefused, .doorRefused, .doorClosed: [.address, .tenant, .device]
        case .handshakeFailed: [.address, .reason, .alert]
        case .enrolmentRefused: [.address, .code]
        case .sessionDismissed, .connectionSlow, .connectionCut: [.address, .tenant, .device, .reason]
        case .pushRefused, .readRefused, .donationRefused, .attachmentRefused, .frameRefused, .connectionEnded: [.address, .tenant, .device, .code]
        case .changesRefused: [.address, .tenant, .device, .code, .count]
        case .claimUnproven: [.address, .tenant, .device, .count]
        }
    }

    /// The line's sentence.
    public var sentence: String {
        switch self {
        case .listening: "the server listens"
        case .stopping: "the server stops"
        case .stopped: "the server has stopped"
        case .serverCertificateRenewed: "the server's certificate was renewed"
        case .fault: "the server could not do what was asked of it"
        case .suppressed: "more lines of one event came than are written, and were left out"
        case .tenantOpened: "a tenant was opened"
        case .tenantKeysWrapped: "the tenant's keys lay plain and are wrapped under a tenant key now; write its recovery text down: seamark-server tenant key"
        case .tenantDamaged: "a tenant is closed: its store is damaged, restore it from a backup"
        case .tenantNotOpened: "a tenant was not opened"
        case .tenantsNotRead: "the folder of tenants was not looked at"
        case .tenantNotClosed: "a tenant was not closed"
        case .retentionRedacted: "redacted what was kept for as long as was agreed"
        case .retentionSilent: "nothing is redacted by schedule, which did not run for long; look at the clock, then say seamark-server retention apply"
        case .rolledBack: "a tenant's files had been put back to an older copy, as a device proved; its epoch was renewed, and devices hand in what was lost"
        case .twoCopies: "a device's work comes from two copies of its store"
        case .rowsRepaired: "rows were not what the log says, and were computed anew"
        case .rulesDiffer: "a device computes another state from the same log"
        case .invitationReused: "an invitation was tried once more after a device was enrolled with it"
        case .unknownEngagement: "a laptop shows what the server signed of an engagement that the store does not know"
        case .unknownDevice: "a device came with a certificate of the tenant, and the store does not know it"
        case .sessionBegan: "a device was let in"
        case .deviceEnrolled: "a device was enrolled"
        case .deviceRenewed: "a device's certificate was renewed"
        case .handshakeFailed: "a handshake failed"
        case .doorRefused: "a certificate that verifies names no device here"
        case .doorClosed: "a device of a closed tenant was turned away"
        case .enrolmentRefused: "an invitation or a proof was refused"
        case .sessionDismissed: "a device was told to go"
        case .pushRefused: "a pushed block was refused whole"
        case .changesRefused: "changes of a block were refused and are kept in quarantine"
        case .readRefused: "a reading was refused"
        case .donationRefused: "entries that were handed in are not this server's word"
        case .attachmentRefused: "a request about an attachment was refused"
        case .claimUnproven: "a device said that it read what the log does not hold, without proof"
        case .frameRefused: "what came is no frame, or not one that was expected"
        case .connectionSlow: "a connection was ended for being too slow"
        case .connectionCut: "a conversation failed"
        case .connectionEnded: "a connection was ended"
        case .limitReached: "a connection was closed because a limit was reached"
        case .addressRefused: "an address is refused for a while, for what came from it"
        }
    }

    /// Whether honest work makes it too: such lines have more room before they are left out.
    var isOrdinary: Bool {
        switch self {
        case .sessionBegan, .deviceEnrolled, .deviceRenewed, .connectionEnded, .connectionCut, .tenantOpened, .tenantKeysWrapped: true
        case .listening, .stopping, .stopped, .serverCertificateRenewed, .fault, .suppressed, .tenantDamaged, .tenantNotOpened, .tenantsNotRead, .tenantNotClosed,
            .retentionRedacted, .retentionSilent, .rolledBack, .twoCopies, .rowsRepaired, .rulesDiffer, .invitationReused, .unknownEngagement, .unknownDevice, .handshakeFailed, .doorRefused, .doorClosed,
            .enrolmentRefused, .sessionDismissed, .pushRefused, .changesRefused, .readRefused, .donationRefused, .attachmentRefused, .claimUnproven,
            .frameRefused, .connectionSlow, .limitReached, .addressRefused:
            false
        }
    }
}

extension ServerEvent {
    /// The line of an alarm; nil for a claim without proof, of which the connection that heard it writes one.
    static func of(_ alarm: TenantAlarm.Kind) -> ServerEvent? {
        switch alarm {
        case .rolledBack: .rolledBack
        case .twoCopies: .twoCopies
        case .rowsRepaired: .rowsRepaired
        case .rulesDiffer: .rulesDiffer
        case .invitationReused: .invitationReused
        case .unknownScope: .unknownEngagement
        case .unknownDevice: .unknownDevice
        case .unprovenClaim: nil
        }
    }
}
