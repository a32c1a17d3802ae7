/// Every statement that a tenant's store runs in its transactions. Nothing is ever spliced into one.
enum Query: Int, CaseIterable {
    case found, identity, renewEpoch, formerEpochs, isFormerEpoch, addFormerEpoch, expectsEpochs, expectEpochs
    case scope, scopes, scopesOfMember, addScope, moveScope
    case stream, streamsOfDevice, addStream, moveStream
    case entryByStream, addEntry, entry, entries, entryWeight, logHash
    case change, addChange, holdChangeBack, releaseChange, changeCount, waitingChanges
    case record, document, addRecord, updateRecord, records, recordsOfType, recordCount, recordsOfScope
    case sensitive, addSensitive, removeSensitive
    case quarantinedChange, addQuarantinedChange, removeQuarantinedChange, quarantinedChangesLeft, quarantinedChanges
    case quarantinedBlock, quarantinedBlockByHash, quarantinedBlocks, addQuarantinedBlock, removeQuarantinedBlock
    case member, members, addMember, updateMember
    case isStaffed, staff, unstaff, staffedMembers
    case device, devices, deviceCount, addDevice, revokeDevice, renewDevice, noteContact, unsentWork, forgetUnsentWork, noteUnsentWork, orderWipe, noteWiped
    case confirmation, awaitConfirmation, confirmDevice, noteWrongWords
    case lettersTaken, unknownDeviceKeys, addUnknownDeviceKey, removeUnknownDeviceKeys
    case invitation, invitations, addInvitation, redeemInvitation, endInvitations
    case entryCount, waitingCount, streamCount, streamsOfScope, changesOfQuarantinedBlock, integrity, foreignKeys
    case lastAudit, addAudit, audit, countActs, actDetails
    case anyBarred, barred, barredOfScope, bar, noteArrival, barredCounts, sensitiveEntries, blankEntry, sensitiveInQuarantine, blankInQuarantine
    case removeBarredValues, withdrawnPersons, addWithdrawnPerson, oweErasure, owesErasure
    case formerReceipt, keepFormerReceipt, attachment, attachments, attachmentsOfScope, attachmentTotals, addAttachment, eraseAttachment, erasedAttachments
    case alarms, alarmsOfDevice, addAlarm, repeatAlarm, newerStream
    case backedUp, beginBackup, noteBackup, departure, noteDeparture, postponeRelease, handedInSince
    case setLeastSchemas, adoptSchema
    case decidedTenant, decidedScopes, decidedMembers, decidedStaffing, decidedDevices, decidedInvitations, decidedDepartures, decidedBars, decidedBarsOfScopes
    case decidedConfirmations, decidedConfirmingInvitations, decidedInvitationRoles
    case decidedWithdrawals, decidedWipes, decidedCertificateEnds, decisions, noteDecisions
    case recordsOfRange, removeRecord, removeSensitiveOfRecord, removeStraySensitive

    var sql: String {
        switch self {
        case .found: "INSERT INTO tenant (one, id, name, schema, epoch, author, incarnation) VALUES (1, ?, ?, ?, ?, ?, ?)"
        case .identity: "SELECT id, name, schema, epoch, author, incarnation, least_schema, least_read_schema FROM tenant"
        case .renewEpoch: "UPDATE tenant SET epoch = ?, incarnation = ?"
        case .formerEpochs: "SELECT epoch FROM former_epoch ORDER BY epoch"
        case .isFormerEpoch: "SELECT 1 FROM former_epoch WHERE epoch = ?"
        case .addFormerEpoch: "INSERT OR IGNORE INTO former_epoch (epoch) VALUES (?)"
        case .expectsEpochs: "SELECT expects_epochs FROM tenant"
        case .expectEpochs: "UPDATE tenant SET expects_epochs = 1"
        case .scope: "SELECT key, id, kind, engagement, position, log_hash, digest FROM scope WHERE id = ?"
        case .scopes: "SELECT key, id, kind, engagement, position, log_hash, digest FROM scope ORDER BY id"
        case .scopesOfMember:
            """
            SELECT s.key, s.id, s.kind, s.engagement, s.position, s.log_hash, s.digest
            FROM staffing t JOIN scope s ON s.key = t.scope JOIN member m ON m.id = t.member
            WHERE t.member = ? AND m.active = 1 ORDER BY s.id
            """
        case .addScope: "INSERT INTO scope (id, kind, engagement, position, log_hash, digest) VALUES (?, ?, ?, 0, ?, ?)"
        case .moveScope: "UPDATE scope SET position = ?, log_hash = ?, digest = ? WHERE key = ?"
        case .stream: "SELECT key, number, hash FROM stream WHERE device = ? AND scope = ? AND incarnation = ?"
        case .streamsOfDevice:
            """
            SELECT t.incarnation, s.id, t.number, t.hash FROM stream t JOIN scope s ON s.key = t.scope
            WHERE t.device = ? AND t.number > 0 ORDER BY s.id, t.key DESC
            """
        case .addStream: "INSERT INTO stream (device, incarnation, scope, number, hash) VALUES (?, ?, ?, 0, ?)"
        case .moveStream: "UPDATE stream SET number = ?, hash = ? WHERE key = ?"
        case .entryByStream: "SELECT key, block_hash, verdicts, received, log_hash FROM entry WHERE stream = ? AND first = ? ORDER BY key"
        case .addEntry:
            """
            INSERT INTO entry (key, stream, first, block_hash, verdicts, received, log_hash, content, sensitive)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        case .entry: "SELECT key, block_hash, verdicts, received, log_hash, content, sensitive, stream, first FROM entry WHERE key = ?"
        case .entries:
            """
            SELECT key, block_hash, verdicts, received, log_hash, content, sensitive, stream, first FROM entry
            WHERE key > ? AND key <= ? ORDER BY key
            """
        case .entryWeight:
            """
            SELECT ifnull(sum(
                128 + iif(verdicts = zeroblob(length(verdicts)), 0, 3 * length(verdicts))
                + iif(stream IS ?, 0, length(content) + iif(block_hash IS NULL, length(content) / 4, 0) + ? * length(sensitive))), 0)
            FROM entry WHERE key > ? AND key <= ?
            """
        case .logHash: "SELECT log_hash FROM entry WHERE key = ?"
        case .change: "SELECT entry, place, waiting FROM change WHERE id = ?"
        case .addChange: "INSERT INTO change (id, entry, place, waiting) VALUES (?, ?, ?, 0) ON CONFLICT DO NOTHING"
        case .holdChangeBack: "UPDATE change SET waiting = 1 WHERE id = ?"
        case .releaseChange: "UPDATE change SET waiting = 0 WHERE id = ?"
        case .changeCount: "SELECT count(*) FROM change"
        case .waitingChanges: "SELECT id, entry, place FROM change WHERE waiting = 1 ORDER BY entry, place"
        case .record: "SELECT key, type, heads FROM record WHERE scope = ? AND id = ?"
        case .document: "SELECT document FROM record WHERE scope = ? AND id = ?"
        case .addRecord: "INSERT INTO record (scope, id, type, heads, document) VALUES (?, ?, ?, ?, ?)"
        case .updateRecord: "UPDATE record SET heads = ?, document = ? WHERE key = ?"
        case .records: "SELECT key, type, heads, id, document FROM record WHERE scope = ? ORDER BY id"
        case .recordsOfType: "SELECT key, type, heads, id, document FROM record WHERE scope = ? AND type = ? ORDER BY id"
        case .recordCount: "SELECT count(*) FROM record"
        case .recordsOfScope: "SELECT count(*) FROM record WHERE scope = ?"
        case .sensitive: "SELECT leaf, sealed FROM sensitive WHERE record = ?"
        case .addSensitive: "INSERT INTO sensitive (record, leaf, sealed) VALUES (?, ?, ?)"
        case .removeSensitive: "DELETE FROM sensitive WHERE record = ? AND leaf = ?"
        case .quarantinedChange: "SELECT block FROM quarantined_change WHERE id = ?"
        case .addQuarantinedChange: "INSERT INTO quarantined_change (id, block) VALUES (?, ?) ON CONFLICT DO NOTHING"
        case .removeQuarantinedChange: "DELETE FROM quarantined_change WHERE id = ?"
        case .quarantinedChangesLeft: "SELECT count(*) FROM quarantined_change WHERE block = ?"
        case .quarantinedChanges:
            """
            SELECT c.id, s.id, b.device, b.refusal, b.received
            FROM quarantined_change c JOIN quarantined_block b ON b.key = c.block JOIN scope s ON s.key = b.scope
            ORDER BY b.key, c.id
            """
        case .quarantinedBlock: "SELECT hash, scope, device, refusal, received, content, sensitive FROM quarantined_block WHERE key = ?"
        case .quarantinedBlockByHash: "SELECT key FROM quarantined_block WHERE hash = ?"
        case .quarantinedBlocks: "SELECT key FROM quarantined_block ORDER BY key"
        case .addQuarantinedBlock:
            // Whatever the clock says, it came after the last backup began.
            """
            INSERT INTO quarantined_block (hash, scope, device, refusal, received, content, sensitive)
            VALUES (?1, ?2, ?3, ?4, max(?5, (SELECT backup_began FROM tenant)), ?6, ?7)
            """
        case .removeQuarantinedBlock: "DELETE FROM quarantined_block WHERE key = ?"
        case .member: "SELECT id, name, role, active FROM member WHERE id = ?"
        case .members: "SELECT id, name, role, active FROM member ORDER BY id"
        case .addMember: "INSERT INTO member (id, name, role, active) VALUES (?, ?, ?, ?)"
        case .updateMember: "UPDATE member SET name = ?, role = ?, active = ? WHERE id = ?"
        case .isStaffed: "SELECT 1 FROM staffing WHERE member = ? AND scope = ?"
        case .staff: "INSERT INTO staffing (member, scope) VALUES (?, ?) ON CONFLICT DO NOTHING"
        case .unstaff: "DELETE FROM staffing WHERE member = ? AND scope = ?"
        case .staffedMembers:
            """
            SELECT m.id, m.name, m.role, m.active FROM staffing t JOIN member m ON m.id = t.member
            WHERE t.scope = ? ORDER BY m.id
            """
        case .device: "SELECT \(Self.deviceRows) WHERE id = ?"
        case .devices: "SELECT \(Self.deviceRows) ORDER BY key"
        case .deviceCount: "SELECT count(*) FROM device"
        case .lettersTaken: "SELECT 1 FROM device WHERE letters = ?"
        case .unknownDeviceKeys: "SELECT signing_key, member, certificate, certificate_end FROM unknown_device_key WHERE device = ? ORDER BY shown, signing_key"
        case .addUnknownDeviceKey:
            """
            INSERT INTO unknown_device_key (device, signing_key, member, certificate, certificate_end, shown) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            ON CONFLICT (device, signing_key) DO UPDATE SET member = ?3, certificate = ?4, certificate_end = ?5
            """
        case .removeUnknownDeviceKeys: "DELETE FROM unknown_device_key WHERE device = ?"
        case .addDevice:
            "INSERT INTO device (id, member, name, letters, certificate, signing_key, enrolled, certificate_end) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        case .revokeDevice: "UPDATE device SET revoked = ? WHERE id = ? AND revoked IS NULL"
        case .renewDevice: "UPDATE device SET certificate = ?, certificate_end = ? WHERE id = ?"
        case .orderWipe: "INSERT INTO wipe_order (device, ordered) VALUES (?, ?) ON CONFLICT DO NOTHING"
        case .noteWiped: "UPDATE wipe_order SET wiped = ? WHERE device = ? AND wiped IS NULL"
        case .confirmation: "SELECT cause FROM confirmation WHERE device = ?"
        case .awaitConfirmation:
            """
            INSERT INTO confirmation (device, since, cause) VALUES (?, ?, ?)
            ON CONFLICT (device) DO UPDATE SET since = excluded.since, cause = excluded.cause, wrong = 0, confirmed = NULL
            """
        case .confirmDevice: "UPDATE confirmation SET confirmed = ? WHERE device = ? AND confirmed IS NULL"
        case .noteWrongWords: "UPDATE confirmation SET wrong = wrong + 1 WHERE device = ? AND confirmed IS NULL"
        case .noteContact:
            """
            UPDATE device SET contact = ?, skew = ?, unsent = ?, version = ?, incarnation = ?, unsent_bytes = ?, oldest_unsent = ?, attachments_waiting = ?,
                attachment_bytes_waiting = ?
            WHERE id = ?
            """
        case .unsentWork:
            """
            SELECT w.device, s.id, w.changes, w.bytes, w.oldest, w.attachments, w.attachment_bytes
            FROM unsent_work w JOIN scope s ON s.key = w.scope ORDER BY w.device, s.id
            """
        case .forgetUnsentWork: "DELETE FROM unsent_work WHERE device = ?"
        case .noteUnsentWork:
            // Of a scope that there is none of a device may say what it likes.
            """
            INSERT INTO unsent_work (device, scope, changes, bytes, oldest, attachments, attachment_bytes)
            SELECT d.id, s.key, ?3, ?4, ?5, ?6, ?7 FROM device d, scope s WHERE d.id = ?1 AND s.id = ?2
            """
        case .invitation: "SELECT token, member, made, expires, redeemed, device, confirms, role FROM invitation WHERE token = ?"
        case .invitations: "SELECT token, member, made, expires, redeemed, device, confirms, role FROM invitation ORDER BY made, token"
        case .addInvitation:
            """
            INSERT INTO invitation (token, member, made, expires, confirms, role)
            VALUES (?1, ?2, ?3, ?4, ?5, (SELECT role FROM member WHERE id = ?2))
            """
        case .endInvitations: "UPDATE invitation SET expires = ?1 WHERE member = ?2 AND redeemed IS NULL AND expires > ?1"
        case .redeemInvitation: "UPDATE invitation SET redeemed = ?, device = ? WHERE token = ? AND redeemed IS NULL"
        case .waitingCount: "SELECT count(*) FROM change WHERE waiting = 1"
        case .entryCount: "SELECT count(*) FROM entry"
        case .streamCount: "SELECT count(*) FROM stream"
        case .streamsOfScope: "SELECT device, incarnation, number, hash FROM stream WHERE scope = ?"
        case .changesOfQuarantinedBlock: "SELECT id FROM quarantined_change WHERE block = ?"
        case .integrity: "PRAGMA integrity_check(1)"
        case .foreignKeys: "PRAGMA foreign_key_check"
        case .anyBarred: "SELECT 1 FROM barred LIMIT 1"
        case .barred: "SELECT 1 FROM barred WHERE leaf = ? AND scope IN (0, ?)"
        case .barredOfScope: "SELECT leaf FROM barred WHERE scope IN (0, ?)"
        case .bar: "INSERT INTO barred (leaf, scope, arrivals) VALUES (?, ?, 0) ON CONFLICT DO NOTHING"
        case .noteArrival: "UPDATE barred SET arrivals = arrivals + 1 WHERE leaf = ? AND scope IN (0, ?)"
        case .barredCounts: "SELECT count(*), coalesce(sum(arrivals), 0) FROM barred"
        case .sensitiveEntries: "SELECT key, block_hash, sensitive FROM entry WHERE key > ? AND key <= ? AND length(sensitive) > 0 ORDER BY key"
        case .blankEntry: "UPDATE entry SET sensitive = ? WHERE key = ?"
        case .sensitiveInQuarantine: "SELECT key, hash, sensitive FROM quarantined_block WHERE scope = ? AND length(sensitive) > 0"
        case .blankInQuarantine: "UPDATE quarantined_block SET sensitive = ? WHERE key = ?"
        case .removeBarredValues:
            """
            DELETE FROM sensitive WHERE leaf IN (SELECT leaf FROM barred WHERE scope = ?1)
            AND (SELECT scope FROM record WHERE record.key = sensitive.record) = ?1
            """
        case .withdrawnPersons: "SELECT person FROM withdrawn WHERE scope = ? ORDER BY person"
        case .addWithdrawnPerson: "INSERT INTO withdrawn (scope, person) VALUES (?, ?) ON CONFLICT DO NOTHING"
        case .oweErasure: "UPDATE tenant SET erasures = erasures + 1"
        case .owesErasure: "SELECT 1 FROM tenant WHERE erasures > erasures_settled"
        case .lastAudit: "SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1"
        case .addAudit: "INSERT INTO audit (number, time, act, detail, hash) VALUES (?, ?, ?, ?, ?)"
        case .alarms: "SELECT kind, device, scope, first, last, count FROM alarm ORDER BY key"
        case .alarmsOfDevice: "SELECT 1 FROM alarm WHERE kind = ? AND device = ? LIMIT 1"
        case .addAlarm: "INSERT INTO alarm (kind, device, scope, incarnation, first, last) VALUES (?, ?, ?, ?, ?, ?)"
        case .repeatAlarm: "UPDATE alarm SET last = ?, count = count + 1 WHERE kind = ? AND device = ? AND scope = ? AND incarnation = ?"
        case .newerStream:
            """
            SELECT 1 FROM stream mine JOIN stream other ON other.device = mine.device AND other.scope = mine.scope AND other.key > mine.key
            WHERE mine.device = ? AND mine.scope = (SELECT key FROM scope WHERE id = ?) AND mine.incarnation = ? LIMIT 1
            """
        case .backedUp: "SELECT backed_up, backed_up_at, attachments_backed_up_at FROM scope WHERE id = ?"
        case .beginBackup:
            // Later than whatever was received, also where the clock has stepped back since.
            """
            UPDATE tenant SET backup_began = max(
                backup_began + 1, ?, 1 + ifnull((SELECT max(received) FROM attachment), 0), 1 + ifnull((SELECT max(received) FROM quarantined_block), 0))
            RETURNING backup_began
            """
        case .noteBackup:
            """
            UPDATE scope SET backed_up = ?, backed_up_at = ?, attachments_backed_up_at = ? WHERE id = ?
            """
        case .departure: "SELECT position, released FROM departure WHERE member = ? AND scope = ?"
        case .noteDeparture:
            """
            INSERT INTO departure (member, scope, position, released, time) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (member, scope) DO UPDATE SET position = excluded.position, released = excluded.released, time = excluded.time
            """
        case .postponeRelease: "UPDATE departure SET position = max(position, ?1) WHERE scope = (SELECT id FROM scope WHERE key = ?2)"
        case .handedInSince:
            """
            SELECT 1 FROM quarantined_block WHERE scope = (SELECT key FROM scope WHERE id = ?1) AND received >= ?2
            UNION ALL SELECT 1 FROM attachment WHERE scope = (SELECT key FROM scope WHERE id = ?1) AND received >= ?3 LIMIT 1
            """
        case .setLeastSchemas: "UPDATE tenant SET least_schema = ?, least_read_schema = ?"
        case .adoptSchema: "UPDATE tenant SET schema = ?"
        case .decidedTenant: "SELECT id, name, schema, epoch, author, incarnation, least_schema, least_read_schema FROM tenant"
        case .decidedScopes: "SELECT key, id, kind, engagement FROM scope ORDER BY key"
        case .decidedMembers: "SELECT id, name, role, active FROM member ORDER BY id"
        case .decidedStaffing: "SELECT member, scope FROM staffing ORDER BY member, scope"
        case .decidedDevices: "SELECT key, id, member, name, letters, certificate, signing_key, enrolled, revoked FROM device ORDER BY key"
        case .decidedInvitations: "SELECT token, member, made, expires, redeemed, device FROM invitation ORDER BY token"
        case .decidedDepartures: "SELECT member, scope, position, released, time FROM departure ORDER BY member, scope"
        case .decidedBars: "SELECT leaf FROM barred WHERE scope = 0 ORDER BY leaf"
        case .decidedBarsOfScopes: "SELECT scope, leaf FROM barred WHERE scope <> 0 ORDER BY scope, leaf"
        case .decidedWithdrawals: "SELECT scope, person FROM withdrawn ORDER BY scope, person"
        case .decidedWipes: "SELECT device, ordered, wiped FROM wipe_order ORDER BY device"
        case .decidedConfirmations: "SELECT device, since, cause, confirmed FROM confirmation ORDER BY device"
        case .decidedConfirmingInvitations: "SELECT token FROM invitation WHERE confirms = 1 ORDER BY token"
        case .decidedInvitationRoles: "SELECT token, role FROM invitation ORDER BY token"
        case .decidedCertificateEnds: "SELECT key, certificate_end FROM device WHERE certificate_end IS NOT NULL ORDER BY key"
        case .decisions: "SELECT decisions FROM tenant"
        case .noteDecisions: "UPDATE tenant SET decisions = ?"
        case .recordsOfRange: "SELECT key, type, heads, id, document FROM record WHERE scope = ? AND id BETWEEN ? AND ? ORDER BY id"
        case .removeRecord: "DELETE FROM record WHERE scope = ? AND id = ?"
        case .removeStraySensitive: "DELETE FROM sensitive WHERE record NOT IN (SELECT key FROM record)"
        case .removeSensitiveOfRecord: "DELETE FROM sensitive WHERE record IN (SELECT key FROM record WHERE scope = ? AND id = ?)"
        case .audit: "SELECT number, time, act, detail, hash FROM audit ORDER BY number"
        case .countActs: "SELECT count(*) FROM audit WHERE act = ?"
        case .actDetails: "SELECT DISTINCT detail FROM audit WHERE act = ? ORDER BY detail"
        case .formerReceipt: "SELECT 1 FROM former_receipt WHERE scope = (SELECT key FROM scope WHERE id = ?) AND hash = ? AND received = ?"
        case .keepFormerReceipt:
            """
            INSERT INTO former_receipt (scope, hash, received) SELECT scope, hash, received FROM attachment WHERE scope = ? AND hash = ? AND erased = 1
            ON CONFLICT DO NOTHING
            """
        case .attachment: "SELECT size, received, erased FROM attachment WHERE scope = ? AND hash = ?"
        case .attachments:
            "SELECT s.id, a.hash, a.size, a.received FROM attachment a JOIN scope s ON s.key = a.scope WHERE a.erased = 0 ORDER BY s.id, a.hash"
        case .attachmentsOfScope: "SELECT count(*), ifnull(sum(size), 0) FROM attachment WHERE scope = ? AND erased = 0"
        case .attachmentTotals: "SELECT count(*), ifnull(sum(size), 0) FROM attachment WHERE erased = 0"
        case .addAttachment:
            // As for what comes into quarantine; and rising within the scope, so that its newest receipt speaks for all.
            """
            INSERT INTO attachment (scope, hash, size, received)
            VALUES (?1, ?2, ?3, max(?4, (SELECT backup_began FROM tenant), 1 + ifnull((SELECT max(received) FROM attachment WHERE scope = ?1), 0)))
            ON CONFLICT (scope, hash) DO UPDATE SET received = excluded.received, erased = 0
            """
        case .eraseAttachment: "UPDATE attachment SET erased = 1 WHERE scope = ? AND hash = ? AND erased = 0"
        case .erasedAttachments: "SELECT DISTINCT hash, size FROM attachment WHERE erased = 1 AND hash NOT IN (SELECT hash FROM attachment WHERE erased = 0)"
        }
    }

    private static let deviceRows = """
        id, member, name, letters, certificate, signing_key, enrolled, revoked, contact, skew, unsent, version, incarnation, certificate_end, ordered, wiped,
        since, cause, wrong, unsent_bytes, oldest_unsent, attachments_waiting, attachment_bytes_waiting
        FROM device LEFT JOIN wipe_order ON wipe_order.device = device.id
        LEFT JOIN confirmation ON confirmation.device = device.id AND confirmation.confirmed IS NULL
        """
}
