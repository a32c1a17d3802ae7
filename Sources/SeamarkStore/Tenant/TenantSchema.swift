internal import GRDB

/// The tables of a tenant's file and how older files come to have them. A migration that has been released never changes.
enum TenantSchema {
    /// "SMKT" in the file's header: tells our files from other databases before anything is written.
    static let applicationID: Int32 = 0x534d_4b54

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in try database.execute(sql: version1) }
        migrator.registerMigration("redaction") { database in try database.execute(sql: redaction) }
        migrator.registerMigration("attachments") { database in try database.execute(sql: attachments) }
        migrator.registerMigration("evidence") { database in try database.execute(sql: evidence) }
        migrator.registerMigration("least schemas") { database in try database.execute(sql: leastSchemas) }
        migrator.registerMigration("backups of attachments") { database in try database.execute(sql: attachmentBackups) }
        migrator.registerMigration("decisions") { database in try database.execute(sql: decisions) }
        migrator.registerMigration("wipe orders") { database in try database.execute(sql: wipeOrders) }
        migrator.registerMigration("confirmations") { database in try database.execute(sql: confirmations) }
        migrator.registerMigration("epochs") { database in try database.execute(sql: epochs) }
        migrator.registerMigration("erased attachments") { database in try database.execute(sql: erasedAttachments) }
        migrator.registerMigration("bars of scopes") { database in try database.execute(sql: barsOfScopes) }
        migrator.registerMigration("former receipts") { database in try database.execute(sql: formerReceipts) }
        migrator.registerMigration("unsent work") { database in try database.execute(sql: unsentWork) }
        migrator.registerMigration("owed erasures") { database in try database.execute(sql: owedErasures) }
        migrator.registerMigration("roles of invitations") { database in try database.execute(sql: rolesOfInvitations) }
        migrator.registerMigration("keys of unknown devices") { database in try database.execute(sql: keysOfUnknownDevices) }
        return migrator
    }

    // The signing keys that devices showed which the store does not know, each beside a certificate of the tenant's authority that names the device: a
    // person may take one of them for genuine, by its words. Decides nothing by itself.
    private static let keysOfUnknownDevices = """
        CREATE TABLE unknown_device_key (
            device BLOB NOT NULL, signing_key BLOB NOT NULL, member BLOB NOT NULL, certificate BLOB NOT NULL, certificate_end INTEGER NOT NULL,
            shown INTEGER NOT NULL, PRIMARY KEY (device, signing_key)) STRICT, WITHOUT ROWID;
        """

    // Which role an invitation was made for. Of those before this was kept it is the one that their member has when the file is migrated.
    private static let rolesOfInvitations = """
        ALTER TABLE invitation ADD COLUMN role TEXT NOT NULL DEFAULT '';
        UPDATE invitation SET role = ifnull((SELECT role FROM member WHERE member.id = invitation.member), '');
        """

    // How many transactions deleted what must leave no trace, and how many of them the write-ahead log was emptied since: the rest is owed. What an older
    // program deleted is owed to nobody, since whoever migrates opens the store, and that empties the log.
    private static let owedErasures = """
        ALTER TABLE tenant ADD COLUMN erasures INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE tenant ADD COLUMN erasures_settled INTEGER NOT NULL DEFAULT 0;
        """

    // The epochs before the present one, so that a signature of another tells of a store that was put back to before it began. Of a store that was
    // restored before this was kept they are not known, and the first that is shown is believed to be one.
    private static let epochs = """
        CREATE TABLE former_epoch (epoch INTEGER PRIMARY KEY) STRICT;
        ALTER TABLE tenant ADD COLUMN expects_epochs INTEGER NOT NULL DEFAULT 0 CHECK (expects_epochs IN (0, 1));
        UPDATE tenant SET expects_epochs = EXISTS (SELECT 1 FROM audit WHERE act = 'epoch.renew');
        """

    // A redaction reaches what its own scope holds and nothing else. Of those before this was kept it is not known whose they were: they go on being of
    // every scope, under the key 0.
    private static let barsOfScopes = """
        CREATE TABLE bar_of_scope (leaf BLOB NOT NULL, scope INTEGER NOT NULL, arrivals INTEGER NOT NULL, PRIMARY KEY (leaf, scope)) STRICT, WITHOUT ROWID;
        INSERT INTO bar_of_scope SELECT leaf, 0, arrivals FROM barred;
        DROP TABLE barred;
        ALTER TABLE bar_of_scope RENAME TO barred;
        """

    // What devices said that they hold and the server does not, beside the number of changes: over all scopes, and of each scope in which it is not
    // nothing. What they said before this was kept is their number of changes over all scopes.
    private static let unsentWork = """
        ALTER TABLE device ADD COLUMN unsent_bytes INTEGER;
        ALTER TABLE device ADD COLUMN oldest_unsent INTEGER;
        ALTER TABLE device ADD COLUMN attachments_waiting INTEGER;
        ALTER TABLE device ADD COLUMN attachment_bytes_waiting INTEGER;
        CREATE TABLE unsent_work (
            device BLOB NOT NULL REFERENCES device (id), scope INTEGER NOT NULL REFERENCES scope, changes INTEGER NOT NULL, bytes INTEGER, oldest INTEGER,
            attachments INTEGER, attachment_bytes INTEGER, PRIMARY KEY (device, scope)) STRICT, WITHOUT ROWID;
        """

    // When attachments were received that were erased, and that came again since: receipts of then are of no lost log.
    private static let formerReceipts = """
        CREATE TABLE former_receipt (
            scope INTEGER NOT NULL REFERENCES scope, hash BLOB NOT NULL, received INTEGER NOT NULL, PRIMARY KEY (scope, hash, received)) STRICT, WITHOUT ROWID;
        """

    // Which devices wait, or waited, until headquarters confirmed their words; and which invitations make such devices.
    private static let confirmations = """
        CREATE TABLE confirmation (
            device BLOB PRIMARY KEY REFERENCES device (id), since INTEGER NOT NULL, cause INTEGER NOT NULL, wrong INTEGER NOT NULL DEFAULT 0,
            confirmed INTEGER) STRICT, WITHOUT ROWID;
        ALTER TABLE invitation ADD COLUMN confirms INTEGER NOT NULL DEFAULT 0 CHECK (confirms IN (0, 1));
        """

    // Which devices are to be wiped and which said that they were; and when a device's certificate ends: not known of those issued before.
    private static let wipeOrders = """
        CREATE TABLE wipe_order (
            device BLOB PRIMARY KEY REFERENCES device (id), ordered INTEGER NOT NULL, wiped INTEGER) STRICT, WITHOUT ROWID;
        ALTER TABLE device ADD COLUMN certificate_end INTEGER;
        """

    // One hash over what people decided (`TenantSnapshot.decisionsHash`).
    private static let decisions = "ALTER TABLE tenant ADD COLUMN decisions BLOB"

    // When the last backup began, and up to when attachments were in one: nothing was known to be until the next.
    private static let attachmentBackups = """
        ALTER TABLE tenant ADD COLUMN backup_began INTEGER NOT NULL DEFAULT 0;
        UPDATE tenant SET backup_began = ifnull((SELECT max(backed_up_at) FROM scope), 0);
        ALTER TABLE scope ADD COLUMN attachments_backed_up_at INTEGER NOT NULL DEFAULT 0;
        """

    // The least schema that may read, beside the one that may write.
    private static let leastSchemas = "ALTER TABLE tenant ADD COLUMN least_read_schema INTEGER NOT NULL DEFAULT 1"

    // Leaf hashes of redacted values, with how often one was brought again; and persons whose consent was withdrawn.
    private static let redaction = """
        CREATE TABLE barred (leaf BLOB PRIMARY KEY, arrivals INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE withdrawn (
            scope INTEGER NOT NULL REFERENCES scope, person BLOB NOT NULL, PRIMARY KEY (scope, person)) STRICT, WITHOUT ROWID;
        """

    // What speaks of rollbacks, copies of device stores, backups and departures; and the least schema that may write.
    private static let evidence = """
        ALTER TABLE tenant ADD COLUMN least_schema INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE scope ADD COLUMN backed_up INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE scope ADD COLUMN backed_up_at INTEGER NOT NULL DEFAULT 0;
        CREATE TABLE alarm (
            key INTEGER PRIMARY KEY, kind INTEGER NOT NULL, device BLOB NOT NULL, scope BLOB NOT NULL, incarnation INTEGER NOT NULL,
            first INTEGER NOT NULL, last INTEGER NOT NULL, count INTEGER NOT NULL DEFAULT 1,
            UNIQUE (kind, device, scope, incarnation)) STRICT;
        CREATE TABLE departure (
            member BLOB NOT NULL REFERENCES member, scope BLOB NOT NULL, position INTEGER NOT NULL,
            released INTEGER NOT NULL CHECK (released IN (0, 1)), time INTEGER NOT NULL, PRIMARY KEY (member, scope)) STRICT, WITHOUT ROWID;
        """

    // An entry's key is its scope's key times 2^40 plus its position, so that a log lies together in the file and needs
    // no second index. Change ids are hashes, in no order: their table holds nothing but small numbers. Records get keys
    // in the order of their arrival; their ids are time-ordered, so the index over them grows at its end.
    private static let version1 = """
        PRAGMA application_id = 0x534d4b54;
        CREATE TABLE tenant (
            one INTEGER PRIMARY KEY CHECK (one = 1), id BLOB NOT NULL, name TEXT NOT NULL, schema INTEGER NOT NULL,
            epoch INTEGER NOT NULL, author BLOB NOT NULL, incarnation INTEGER NOT NULL) STRICT;
        CREATE TABLE scope (
            key INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, kind INTEGER NOT NULL, engagement BLOB,
            position INTEGER NOT NULL, log_hash BLOB NOT NULL, digest BLOB NOT NULL) STRICT;
        CREATE TABLE stream (
            key INTEGER PRIMARY KEY, device BLOB NOT NULL, incarnation INTEGER NOT NULL, scope INTEGER NOT NULL REFERENCES scope,
            number INTEGER NOT NULL, hash BLOB NOT NULL, UNIQUE (device, scope, incarnation)) STRICT;
        CREATE TABLE entry (
            key INTEGER PRIMARY KEY, stream INTEGER REFERENCES stream, first INTEGER, block_hash BLOB, verdicts BLOB NOT NULL,
            received INTEGER NOT NULL, log_hash BLOB NOT NULL, content BLOB NOT NULL, sensitive BLOB NOT NULL) STRICT;
        CREATE INDEX entry_by_stream ON entry (stream, first) WHERE stream IS NOT NULL;
        CREATE TABLE change (
            id BLOB PRIMARY KEY, entry INTEGER NOT NULL, place INTEGER NOT NULL, waiting INTEGER NOT NULL CHECK (waiting IN (0, 1))) STRICT,
            WITHOUT ROWID;
        CREATE TABLE record (
            key INTEGER PRIMARY KEY, scope INTEGER NOT NULL REFERENCES scope, id BLOB NOT NULL, type INTEGER NOT NULL,
            heads BLOB NOT NULL, document TEXT NOT NULL) STRICT;
        CREATE UNIQUE INDEX record_by_id ON record (scope, id, type);
        CREATE TABLE sensitive (
            key INTEGER PRIMARY KEY, record INTEGER NOT NULL REFERENCES record, leaf BLOB NOT NULL, sealed BLOB NOT NULL) STRICT;
        CREATE INDEX sensitive_by_record ON sensitive (record);
        CREATE TABLE quarantined_block (
            key INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, scope INTEGER NOT NULL REFERENCES scope, device BLOB NOT NULL,
            refusal INTEGER NOT NULL, received INTEGER NOT NULL, content BLOB NOT NULL, sensitive BLOB NOT NULL) STRICT;
        CREATE TABLE quarantined_change (
            id BLOB PRIMARY KEY, block INTEGER NOT NULL REFERENCES quarantined_block) STRICT, WITHOUT ROWID;
        CREATE INDEX quarantined_change_by_block ON quarantined_change (block);
        CREATE TABLE member (
            id BLOB PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, active INTEGER NOT NULL CHECK (active IN (0, 1))) STRICT,
            WITHOUT ROWID;
        CREATE TABLE staffing (
            member BLOB NOT NULL REFERENCES member, scope INTEGER NOT NULL REFERENCES scope,
            PRIMARY KEY (member, scope)) STRICT, WITHOUT ROWID;
        CREATE TABLE device (
            key INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, member BLOB NOT NULL REFERENCES member, name TEXT NOT NULL,
            letters TEXT NOT NULL UNIQUE, certificate BLOB NOT NULL, signing_key BLOB NOT NULL, enrolled INTEGER NOT NULL,
            revoked INTEGER, contact INTEGER, skew INTEGER, unsent INTEGER, version TEXT, incarnation INTEGER) STRICT;
        CREATE TABLE invitation (
            token BLOB PRIMARY KEY, member BLOB NOT NULL REFERENCES member, made INTEGER NOT NULL, expires INTEGER NOT NULL,
            redeemed INTEGER, device BLOB) STRICT, WITHOUT ROWID;
        CREATE TABLE audit (
            number INTEGER PRIMARY KEY, time INTEGER NOT NULL, act TEXT NOT NULL, detail TEXT NOT NULL, hash BLOB NOT NULL) STRICT;
        """

    // An attachment whose bytes were erased stays known: devices hold receipts for it, which must not look like those of a lost log.
    private static let erasedAttachments = "ALTER TABLE attachment ADD COLUMN erased INTEGER NOT NULL DEFAULT 0 CHECK (erased IN (0, 1))"

    // Which scopes hold which attachments whole; their bytes lie in files beside the database (`AttachmentVault`).
    private static let attachments = """
        CREATE TABLE attachment (
            scope INTEGER NOT NULL REFERENCES scope, hash BLOB NOT NULL, size INTEGER NOT NULL, received INTEGER NOT NULL,
            PRIMARY KEY (scope, hash)) STRICT, WITHOUT ROWID;
        """
}
