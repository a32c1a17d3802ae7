internal import SeamarkTestSupport

/// The bytes of one file as its processes read them, and which alterations the disk may not hold yet.
///
/// Copies share their bytes until one of them is written to.
final class SimulatedFile {
    /// What a disk writes whole or not at all.
    static let sector = 512

    private(set) var bytes: [UInt8]
    /// What no sync has made durable, in order; each knows what it replaced, so that it can be taken back.
    private var unsynced: [Alteration] = []

    private struct Alteration {
        let offset: Int
        /// How many bytes were written; 0 for a cut.
        let count: Int
        /// What lay there before, as far as the file reached.
        let replaced: [UInt8]
        let sizeBefore: Int
        let isCut: Bool
    }

    init(_ bytes: [UInt8] = []) { self.bytes = bytes }

    private init(_ bytes: [UInt8], _ unsynced: [Alteration]) {
        self.bytes = bytes
        self.unsynced = unsynced
    }

    /// The same file with the same alterations outstanding.
    func copy() -> SimulatedFile { SimulatedFile(bytes, unsynced) }

    var isDurable: Bool { unsynced.isEmpty }

    // MARK: What a process does

    /// Fills `target` from `offset` on; false when the file ends before that, and then the rest is zeros.
    func read(into target: UnsafeMutableRawBufferPointer, at offset: Int) -> Bool {
        let count = max(0, min(target.count, bytes.count - offset))
        bytes.withUnsafeBytes { source in
            if count > 0 { target.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[offset..<offset + count])) }
        }
        guard count < target.count else { return true }
        target[count...].initializeMemory(as: UInt8.self, repeating: 0)
        return false
    }

    func write(_ source: UnsafeRawBufferPointer, at offset: Int) {
        let known = max(0, min(source.count, bytes.count - offset))
        unsynced.append(
            Alteration(
                offset: offset, count: source.count, replaced: known > 0 ? Array(bytes[offset..<offset + known]) : [], sizeBefore: bytes.count,
                isCut: false))
        put(source, at: offset)
    }

    func cut(to size: Int) {
        guard size < bytes.count else { return }
        unsynced.append(Alteration(offset: size, count: 0, replaced: Array(bytes[size...]), sizeBefore: bytes.count, isCut: true))
        bytes.removeSubrange(size...)
    }

    func sync() { unsynced.removeAll(keepingCapacity: true) }

    private func put(_ source: UnsafeRawBufferPointer, at offset: Int) {
        if offset > bytes.count { bytes.append(contentsOf: repeatElement(0, count: offset - bytes.count)) }
        let known = min(source.count, bytes.count - offset)
        bytes.withUnsafeMutableBytes { target in
            if known > 0 { UnsafeMutableRawBufferPointer(rebasing: target[offset..<offset + known]).copyMemory(from: UnsafeRawBufferPointer(rebasing: source[..<known])) }
        }
        bytes.append(contentsOf: source[known...])
    }

    // MARK: What the disk holds when the power goes

    /// One of the files that the disk may hold: what was synced, and of the rest whatever the dice keep.
    ///
    /// A sector holds what it was synced as, or as any later write left it. The file's size follows no data, but a cut is known to every
    /// write that comes after it.
    func afterPowerLoss(_ dice: inout SplitMix64) -> SimulatedFile {
        var written: [[UInt8]] = []
        var durable = bytes
        for alteration in unsynced.reversed() {
            written.append(alteration.isCut ? [] : Array(durable[alteration.offset..<alteration.offset + alteration.count]))
            if durable.count > alteration.sizeBefore { durable.removeSubrange(alteration.sizeBefore...) }
            if alteration.isCut {
                durable += alteration.replaced
            } else if !alteration.replaced.isEmpty {
                durable.replaceSubrange(alteration.offset..<alteration.offset + alteration.replaced.count, with: alteration.replaced)
            }
        }
        written.reverse()
        let image = SimulatedFile(durable)
        switch dice.next() % 4 {
        case 0: break
        case 1:
            // In order up to some write, of which a part came through.
            let last = Int(dice.next() % UInt64(unsynced.count + 1))
            for place in 0..<last { image.take(unsynced[place], written[place]) { _ in true } }
            if last < unsynced.count {
                let sectors = Int(dice.next() % UInt64(unsynced[last].count / Self.sector + 2))
                let first = unsynced[last].offset / Self.sector
                image.take(unsynced[last], written[last]) { $0 < first + sectors }
            }
        case _: keepAnySectors(of: written, in: image, &dice)
        }
        image.sync()
        return image
    }

    private func take(_ alteration: Alteration, _ written: [UInt8], _ isKept: (Int) -> Bool) {
        if alteration.isCut { return bytes.removeSubrange(min(alteration.offset, bytes.count)...) }
        written.withUnsafeBytes { source in
            var start = 0
            while start < source.count {
                let sector = (alteration.offset + start) / Self.sector
                let end = min(source.count, (sector + 1) * Self.sector - alteration.offset)
                if isKept(sector) { put(UnsafeRawBufferPointer(rebasing: source[start..<end]), at: alteration.offset + start) }
                start = end
            }
        }
    }

    private func keepAnySectors(of written: [[UInt8]], in image: SimulatedFile, _ dice: inout SplitMix64) {
        let cuts = unsynced.indices.filter { unsynced[$0].isCut }
        let effective = Int(dice.next() % UInt64(cuts.count + 1))
        let end = effective < cuts.count ? cuts[effective] : unsynced.count
        // How many of the writes to a sector reached it; drawn when it is first met, in the order of the writes.
        var arrivals: [Int: Int] = [:]
        for alteration in unsynced[..<end] where !alteration.isCut && alteration.count > 0 {
            for sector in alteration.offset / Self.sector...(alteration.offset + alteration.count - 1) / Self.sector { arrivals[sector, default: 0] += 1 }
        }
        var kept: [Int: Int] = [:]
        for place in 0..<end {
            image.take(unsynced[place], written[place]) { sector in
                let left = kept[sector] ?? Int(dice.next() % UInt64((arrivals[sector] ?? 0) + 1))
                kept[sector] = left - 1
                return left > 0
            }
        }
        let first = effective == 0 ? 0 : cuts[effective - 1] + 1
        let sizes = unsynced[first...].prefix(end - first).map(\.sizeBefore) + [end < unsynced.count ? unsynced[end].sizeBefore : bytes.count]
        let size = sizes[Int(dice.next() % UInt64(sizes.count))]
        if size < image.bytes.count { image.bytes.removeSubrange(size...) } else { image.bytes.append(contentsOf: repeatElement(0, count: size - image.bytes.count)) }
    }
}
