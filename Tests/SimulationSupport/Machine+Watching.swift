internal import Glibc
internal import SeamarkClient
internal import SeamarkProtocol
internal import SeamarkTestSupport

// A laptop that stays connected, as `SyncRun.watch` does over sockets: the shipped `WatchRun` decides, and what waits there comes from the
// agenda here.
extension Machine {
    /// A watch, over one connection after the other, until it is stopped.
    final class Sitting {
        var run: WatchRun
        var backOff = BackOff()
        var dice: SplitMix64
        let settings: SyncRun.Watching
        let isHostile: Bool
        /// Of the present connection.
        var bytesReceived = 0
        /// The present connection was told to tell.
        var hasRested = false
        /// Scopes of which the server keeps work in quarantine, or takes none: what is captured there waits.
        var isHeld = false
        private let ends: (reading: Int32, writing: Int32)
        var stop: StopLine { StopLine(descriptor: ends.reading) }

        init(_ device: Device, _ dice: SplitMix64, isHostile: Bool) throws {
            self.dice = dice
            self.isHostile = isHostile
            var settings = SyncRun.Watching()
            settings.pollMilliseconds = 200
            // Above the time within which news must come, so that it is not this that brings them.
            if self.dice.chance(40) { settings.keepAliveSeconds = 4 + Int64(self.dice.next() % 4) }
            if self.dice.chance(50) { settings.silenceSeconds = 3 + Int64(self.dice.next() % 6) }
            self.settings = settings
            guard let ends = StopLine.pipe() else { throw SyncProblem.unexpected("the system gives no pipe") }
            self.ends = ends
            run = try WatchRun(device, attachments: .init(), settings, stop: StopLine(descriptor: ends.reading))
        }

        deinit { for end in [ends.reading, ends.writing] { _ = Glibc.close(end) } }

        func raise() { _ = Glibc.write(ends.writing, [1], 1) }
    }

    /// Begins to watch, unless it syncs or watches.
    func watch(_ dice: inout SplitMix64, faults: Faults) throws {
        guard !isSyncing, let device else { return }
        try occupy(&dice, faults, calls: 500)
        let sitting = try Sitting(device, SplitMix64(seed: dice.next()), isHostile: world.schedule.isHostile && dice.chance(50))
        self.sitting = sitting
        world.counts.watches += 1
        if world.machines.contains(where: { $0 !== self && $0.sitting != nil && $0.seat.device == seat.device }) { world.counts.watchingCopies += 1 }
        carefully { try connect(sitting) }
        world.agenda.after(300 + Int64(dice.next() % (dice.chance(30) ? 2000 : 12_000))) { [unowned self] in
            if self.sitting === sitting { stop(sitting) }
        }
        world.lookAtWatchersLater()
    }

    private func connect(_ sitting: Sitting) throws {
        if sitting.isHostile { world.counts.hostileConnections += 1 }
        let link = try makeLink(SplitMix64(seed: sitting.dice.next()), over: sitting.isHostile ? Relay(world.heard) : nil)
        (sitting.bytesReceived, sitting.hasRested, sitting.isHeld) = (0, false, false)
        try sitting.run.connect(over: link)
        connect(
            link,
            received: { [unowned self, unowned sitting] bytes in
                sitting.bytesReceived += bytes.count
                carefully {
                    do {
                        guard let first = try firstMessage(of: bytes) else { return }
                        try look(sitting, first)
                    } catch { try recover(sitting, error) }
                }
            }, ended: { [unowned self, unowned sitting] in goOn(sitting, hasEnded: true) })
        // Some end after a time, whatever went over them.
        if sitting.dice.chance(faults.cut) { world.agenda.after(Int64(sitting.dice.next() % 8000)) { link.cut() } }
        look(sitting, everyWhileOn: link)
    }

    private func look(_ sitting: Sitting, everyWhileOn link: Link) {
        world.agenda.after(Int64(sitting.settings.pollMilliseconds)) { [unowned self] in
            guard self.sitting === sitting, self.link === link else { return }
            goOn(sitting, hasEnded: false)
            look(sitting, everyWhileOn: link)
        }
    }

    private func goOn(_ sitting: Sitting, hasEnded: Bool) {
        carefully {
            do { try look(sitting, nil, hasEnded: hasEnded) } catch { try recover(sitting, error) }
        }
    }

    private func look(_ sitting: Sitting, _ arrived: Message?, hasEnded: Bool = false) throws {
        let end = try sitting.run.step(
            arrived, then: { try self.next() }, hasEnded: hasEnded, bytesReceived: sitting.bytesReceived, now: world.agenda.now,
            tell: { self.happened($0, sitting) })
        guard !disk.isDead else { throw Crash() }
        if let end { finish(end) }
    }

    /// The connection is over: another follows, or the command ends.
    private func recover(_ sitting: Sitting, _ error: any Error) throws {
        guard !disk.isDead else { throw error }
        let pause = try sitting.run.pause(after: error, &sitting.backOff, die: { sitting.dice.next() }, tell: { self.happened($0, sitting) })
        guard !disk.isDead else { throw Crash() }
        guard let pause, !sitting.stop.isRaised else { return finish(.stopped) }
        link?.cut()
        link = nil
        world.agenda.after(pause) { [unowned self] in
            guard self.sitting === sitting, let device else { return }
            world.counts.reconnections += 1
            carefully {
                sitting.run = try WatchRun(device, attachments: .init(), sitting.settings, stop: sitting.stop)
                try connect(sitting)
            }
        }
    }

    private func happened(_ happening: SyncRun.Happening, _ sitting: Sitting) {
        switch happening {
        case .watching:
            sitting.hasRested = true
            world.trace.note("\(world.agenda.now) ms: device \(number) watches")
        case .synced(let report):
            if sitting.hasRested, report.outcome.pulledEntries > 0 { world.counts.news += 1 }
            if !report.outcome.held.isEmpty || report.outcome.isOutdated { sitting.isHeld = true }
            world.told(self, report.outcome, forks: report.outcome.renumbered)
        case .lost(let failure, _):
            world.failed(self, failure, isHostile: sitting.isHostile)
        case .certificate: break
        }
    }

    /// The member ends it. Whatever it waits for, it waits no more.
    private func stop(_ sitting: Sitting) {
        world.trace.note("\(world.agenda.now) ms: device \(number) is told to stop watching")
        sitting.raise()
        if link != nil {
            goOn(sitting, hasEnded: false)
        } else if sitting.stop.isRaised {
            finish(.stopped)
        }
        if self.sitting === sitting { world.violate(.unended, "device \(number) watches on although it was stopped") }
        if case .failed(let failure)? = ends.last, case .stopped = failure.cause { world.violate(.unended, "device \(number) was stopped and calls that a failure") }
    }

    private func finish(_ end: SyncRun.WatchEnd) {
        world.trace.note("\(world.agenda.now) ms: device \(number) watches no more: \(end)")
        link?.close()
        leave(.watched(end))
        obeyWipe(handedIn: end == .revoked(isHandedIn: true))
    }
}
