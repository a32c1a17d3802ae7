internal import GRDBSQLite

/// What SQLite keeps of an open file: its table of functions, then what they work on.
struct OpenFile {
    private var base = sqlite3_file(pMethods: nil)
    private var holder: Unmanaged<Holder>?

    /// One open file of one connection.
    final class Holder {
        let mount: Mount
        let file: SimulatedFile
        /// Nil for a file of no name, which is gone when it is closed.
        let name: String?
        let isLog: Bool
        let isGoneWhenClosed: Bool
        /// A log was begun anew and not synced since.
        var hasNewHeader = false
        var id: ObjectIdentifier { ObjectIdentifier(self) }

        init(_ mount: Mount, _ file: SimulatedFile, _ name: String?, isLog: Bool, isGoneWhenClosed: Bool) {
            self.mount = mount
            self.file = file
            self.name = name
            self.isLog = isLog
            self.isGoneWhenClosed = isGoneWhenClosed
        }
    }

    /// Does something with an open file, alone.
    static func with<Value>(_ file: UnsafeMutablePointer<sqlite3_file>?, otherwise: Value, _ body: (Holder) -> Value) -> Value {
        guard let file else { return otherwise }
        return SimulatedVFS.alone {
            UnsafeMutableRawPointer(file).assumingMemoryBound(to: OpenFile.self).pointee.holder.map { body($0.takeUnretainedValue()) } ?? otherwise
        }
    }

    static func open(
        _ path: UnsafePointer<CChar>?, into target: UnsafeMutablePointer<sqlite3_file>, _ flags: Int32, _ outFlags: UnsafeMutablePointer<Int32>?
    ) -> Int32 {
        let place = UnsafeMutableRawPointer(target).bindMemory(to: OpenFile.self, capacity: 1)
        place.initialize(to: OpenFile())
        // A file of no name lies on no disk that outlives the process.
        guard let path else {
            place.pointee.holder = .passRetained(Holder(Mount(SimulatedDisk()), SimulatedFile(), nil, isLog: false, isGoneWhenClosed: true))
            place.pointee.base.pMethods = UnsafePointer(methods)
            outFlags?.pointee = flags
            return SQLITE_OK
        }
        guard let (mount, name) = Mount.find(path) else { return SQLITE_CANTOPEN }
        return SimulatedVFS.alone {
            guard !mount.isDead else { return SQLITE_CANTOPEN }
            var file = mount.disk.file(name)
            if file != nil, flags & SQLITE_OPEN_EXCLUSIVE != 0, flags & SQLITE_OPEN_CREATE != 0 { return SQLITE_CANTOPEN }
            if file == nil {
                guard flags & SQLITE_OPEN_CREATE != 0 else { return SQLITE_CANTOPEN }
                switch mount.meet(.name, refused: SQLITE_CANTOPEN) {
                case .refusal(let code): return code
                case .death(let dice):
                    if dice & 1 == 1 { _ = mount.disk.make(name) }
                    mount.kill()
                    return SQLITE_CANTOPEN
                case .nothing: file = mount.disk.make(name)
                }
            }
            guard let file else { return SQLITE_CANTOPEN }
            place.pointee.holder = .passRetained(
                Holder(mount, file, name, isLog: flags & SQLITE_OPEN_WAL != 0, isGoneWhenClosed: flags & SQLITE_OPEN_DELETEONCLOSE != 0))
            place.pointee.base.pMethods = UnsafePointer(methods)
            outFlags?.pointee = flags
            return SQLITE_OK
        }
    }

    private static func close(_ file: UnsafeMutablePointer<sqlite3_file>?) -> Int32 {
        with(file, otherwise: ()) { holder in
            guard let name = holder.name else { return }
            holder.mount.locks(name).release(to: SQLITE_LOCK_NONE, for: holder.id)
            if holder.isGoneWhenClosed, !holder.mount.isDead { holder.mount.disk.remove(name, durably: false) }
        }
        guard let file else { return SQLITE_OK }
        let place = UnsafeMutableRawPointer(file).assumingMemoryBound(to: OpenFile.self)
        place.pointee.holder?.release()
        place.pointee.holder = nil
        return SQLITE_OK
    }

    // MARK: Reading and altering

    private static func write(_ holder: Holder, _ source: UnsafeRawBufferPointer, at offset: Int) -> Int32 {
        switch holder.mount.meet(.write, refused: SQLITE_IOERR_WRITE) {
        case .nothing:
            holder.file.write(source, at: offset)
            // The header of a log has 32 bytes (sqlite.org/fileformat2.html, section 4.1).
            if holder.isLog, offset == 0, source.count == 32 { holder.hasNewHeader = true }
            return SQLITE_OK
        case .refusal(let code): return code
        case .death(let dice):
            let part = Int(dice % UInt64(source.count + 1))
            holder.file.write(UnsafeRawBufferPointer(rebasing: source[..<part]), at: offset)
            holder.mount.kill()
            return SQLITE_IOERR_WRITE
        }
    }

    private static func cut(_ holder: Holder, to size: Int) -> Int32 {
        switch holder.mount.meet(.write, refused: SQLITE_IOERR_TRUNCATE) {
        case .nothing:
            holder.file.cut(to: size)
            return SQLITE_OK
        case .refusal: return SQLITE_IOERR_TRUNCATE
        case .death(let dice):
            if dice & 1 == 1 { holder.file.cut(to: size) }
            holder.mount.kill()
            return SQLITE_IOERR_TRUNCATE
        }
    }

    private static func sync(_ holder: Holder) -> Int32 {
        let mount = holder.mount
        let isHonoured =
            switch mount.honouring {
            case .allSyncs: true
            case .checkpoints: !holder.isLog || mount.isCheckpointing || holder.hasNewHeader
            case .none: false
            }
        holder.hasNewHeader = false
        switch mount.meet(.sync, refused: SQLITE_IOERR_FSYNC) {
        case .nothing:
            if isHonoured { mount.disk.sync(holder.file) }
            return SQLITE_OK
        case .refusal(let code): return code
        case .death(let dice):
            if isHonoured, dice & 1 == 1 { mount.disk.sync(holder.file) }
            mount.kill()
            return SQLITE_IOERR_FSYNC
        }
    }

    // MARK: The table

    nonisolated(unsafe) private static let methods: UnsafeMutablePointer<sqlite3_io_methods> = {
        let methods = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
        var table = sqlite3_io_methods()
        // The second version: with shared memory, without mapping of files.
        table.iVersion = 2
        table.xClose = { OpenFile.close($0) }
        table.xRead = { file, target, count, offset in
            OpenFile.with(file, otherwise: SQLITE_IOERR_READ) { holder in
                guard !holder.mount.isDead else { return SQLITE_IOERR_READ }
                return holder.file.read(into: UnsafeMutableRawBufferPointer(start: target, count: Int(count)), at: Int(offset)) ? SQLITE_OK : SQLITE_IOERR_SHORT_READ
            }
        }
        table.xWrite = { file, source, count, offset in
            OpenFile.with(file, otherwise: SQLITE_IOERR_WRITE) { write($0, UnsafeRawBufferPointer(start: source, count: Int(count)), at: Int(offset)) }
        }
        table.xTruncate = { file, size in OpenFile.with(file, otherwise: SQLITE_IOERR_TRUNCATE) { cut($0, to: Int(size)) } }
        table.xSync = { file, _ in OpenFile.with(file, otherwise: SQLITE_IOERR_FSYNC) { sync($0) } }
        table.xFileSize = { file, size in
            OpenFile.with(file, otherwise: SQLITE_IOERR_FSTAT) { holder in
                size?.pointee = sqlite3_int64(holder.file.bytes.count)
                return holder.mount.isDead ? SQLITE_IOERR_FSTAT : SQLITE_OK
            }
        }
        table.xLock = { file, level in
            OpenFile.with(file, otherwise: SQLITE_IOERR) { holder in holder.name.map { holder.mount.locks($0).take(level, for: holder.id) } ?? SQLITE_OK }
        }
        table.xUnlock = { file, level in
            OpenFile.with(file, otherwise: SQLITE_OK) { holder in
                if let name = holder.name { holder.mount.locks(name).release(to: level, for: holder.id) }
                return SQLITE_OK
            }
        }
        table.xCheckReservedLock = { file, isReserved in
            OpenFile.with(file, otherwise: SQLITE_IOERR) { holder in
                isReserved?.pointee = holder.name.map { holder.mount.locks($0).isReserved } == true ? 1 : 0
                return SQLITE_OK
            }
        }
        table.xFileControl = { _, _, _ in SQLITE_NOTFOUND }
        // As the system's: what lies around a write survives it.
        table.xSectorSize = { _ in 4096 }
        table.xDeviceCharacteristics = { _ in SQLITE_IOCAP_POWERSAFE_OVERWRITE }
        share(&table)
        methods.initialize(to: table)
        return methods
    }()

    /// The memory that connections share beside the log.
    private static func share(_ table: inout sqlite3_io_methods) {
        table.xShmMap = { file, number, size, make, region in
            OpenFile.with(file, otherwise: SQLITE_IOERR_SHMMAP) { holder in
                guard !holder.mount.isDead, let name = holder.name else { return SQLITE_IOERR_SHMMAP }
                region?.pointee = holder.mount.sharedMemory(name).region(Int(number), size: Int(size), make: make != 0, for: holder.id)
                return SQLITE_OK
            }
        }
        table.xShmLock = { file, first, count, flags in
            OpenFile.with(file, otherwise: SQLITE_IOERR_SHMLOCK) { holder in
                guard let name = holder.name else { return SQLITE_IOERR_SHMLOCK }
                let memory = holder.mount.sharedMemory(name)
                let locks = Int(first)..<Int(first + count)
                if flags & SQLITE_SHM_UNLOCK != 0 {
                    memory.release(locks, for: holder.id)
                    return SQLITE_OK
                }
                guard !holder.mount.isDead else { return SQLITE_IOERR_SHMLOCK }
                return (flags & SQLITE_SHM_SHARED != 0 ? memory.share(locks, for: holder.id) : memory.exclude(locks, for: holder.id)) ? SQLITE_OK : SQLITE_BUSY
            }
        }
        table.xShmBarrier = { OpenFile.with($0, otherwise: ()) { _ in } }
        table.xShmUnmap = { file, _ in
            OpenFile.with(file, otherwise: SQLITE_OK) { holder in
                guard let name = holder.name else { return SQLITE_OK }
                let memory = holder.mount.sharedMemory(name)
                memory.leave(holder.id)
                if memory.users.isEmpty { holder.mount.forgetSharedMemory(name) }
                return SQLITE_OK
            }
        }
    }
}
