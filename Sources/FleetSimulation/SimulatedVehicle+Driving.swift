import SpecialFunctions
import VehicleFaults

/// A trip from its end: what happened, what the message says, and what comes next.
extension SimulatedVehicle {
    private static let yearlyTrips = 2.3 * 365
    private static let workshopRate = 1.2 / yearlyTrips
    private static let swapShare = 0.15
    private static let driverRate = 0.25 / yearlyTrips
    private static let stuckRate = 0.1 / yearlyTrips
    private static let day = 86_400_000.0

    var name: String {
        let text = FleetNumber.text(
            index: index, model: model, year: 2019 + built / 12, region: region)
        return String(decoding: text, as: UTF8.self)
    }

    /// Ends the trip it is on and plans the next one.
    mutating func endTrip(_ setting: FleetSetting, _ sink: inout FleetSink) {
        let time = tripEnd
        odometer += tripKilometres
        trips += 1
        var trip = TripRecord(
            time: time, load: min(max(usualLoad + 0.12 * random.normal(), 0), 1),
            ambient: setting.weather.ambient(region: region, at: time))
        begin(at: time, setting)
        chat(&trip, setting, &sink)
        let broken = (0..<FailureMode.count).filter { failures[$0] <= odometer }
        run(&trip, broken: broken, setting)
        measure(&trip, setting)
        consult(trip, broken: broken, setting)
        for mode in broken where random.chance(0.8) {
            trip.add(FailureMode.all[mode].finalCode, status: "confirmed")
        }
        send(trip, &sink)
        var free = time
        for mode in broken {
            fail(mode, at: time, setting, &sink)
            free = time.advanced(by: Int64(random.number(in: 1...5) * Self.day))
        }
        closeEpisodes(at: time, &sink)
        free = max(free, change(at: time, setting, &sink))
        if !broken.isEmpty { wasInWorkshop = setting.preset.hasChanges }
        plan(after: free, setting)
    }

    // MARK: - Episodes

    /// Begins what is due by the odometer.
    private mutating func begin(at time: EventTime, _ setting: FleetSetting) {
        let mean = setting.preset.leadDays * dailyKilometres
        for mode in 0..<FailureMode.count {
            if onsets[mode] <= odometer {
                var episode = Episode(
                    mode: mode, kind: .precursor, onset: time, from: onsets[mode],
                    to: failures[mode], meanLength: mean,
                    beganBefore: onsets[mode] < entryKilometres)
                episode.oracle = oracle(mode, setting)
                episodes.append(episode)
                onsets[mode] = .infinity
            }
            if looks[mode] <= odometer {
                // A part that has settled somewhere stays there: two plateaus on top of each other
                // would be past the limit of a part that does not fail.
                if !episodes.contains(where: { $0.mode == mode }) {
                    let length = DegradationPath.length(mean: mean, random: &random)
                    var episode = Episode(
                        mode: mode, kind: look(mode), onset: time, from: looks[mode],
                        to: looks[mode] + length, meanLength: mean, beganBefore: false)
                    episode.oracle = oracle(mode, setting)
                    episodes.append(episode)
                }
                scheduleLook(mode, setting)
            }
        }
    }

    private mutating func look(_ mode: Int) -> Episode.Kind {
        let failure = FailureMode.all[mode]
        if failure.isGradual { return .plateau(at: random.number(in: LookAlike.plateauLevels)) }
        if failure.family == .codeAndSignal, random.chance(0.5) { return .dips }
        return .nuisanceCode
    }

    private func oracle(_ mode: Int, _ setting: FleetSetting) -> EpisodeOracle {
        let failure = FailureMode.all[mode]
        return EpisodeOracle(
            mode: failure, chance: setting.precursorChance,
            remembered: failure.signal.map { Double(remembered[$0]) } ?? 0)
    }

    /// Lets what goes on with its parts act on this trip.
    private mutating func run(_ trip: inout TripRecord, broken: [Int], _ setting: FleetSetting) {
        for place in episodes.indices {
            let mode = episodes[place].mode
            let part = episodes[place].run(
                to: odometer, preset: setting.preset, load: trip.load, ambient: trip.ambient,
                code: index, random: &random)
            trip.bad.append(part.isBad)
            if let signal = FailureMode.all[mode].signal {
                trip.effects[signal].shift += part.effect.shift
                trip.effects[signal].variance += part.effect.variance
            }
            if let code = part.code {
                trip.add(code, status: "confirmed")
                trip.shown.append((place, code))
            }
        }
    }

    /// Draws the noise and writes down what the sensors show.
    private mutating func measure(_ trip: inout TripRecord, _ setting: FleetSetting) {
        let share = FleetSignal.rememberedShare
        for number in 0..<FleetSignal.count {
            let signal = FleetSignal.all[number]
            let memory = Double(memories[number])
            let (a, b) = random.normals()
            let carried =
                memory * Double(remembered[number])
                + (share * (1 - memory * memory)).squareRoot() * a
            remembered[number] = Float(carried)
            let variance = random.heavyTailVariance()
            let effect = trip.effects[number]
            let noise =
                carried + ((1 - share) * variance + effect.variance).squareRoot() * b
                + effect.shift
            trip.noises[number] = variance
            trip.residuals[number] = noise
            let sound =
                signal.expected(model: model, ambient: trip.ambient, load: trip.load)
                + Double(offsets[number])
                + setting.commonShift(
                    signal: number, model: model, vehicle: index, at: trip.time)
            trip.values[number] = sound + noise * signal.spread
        }
        if let held = stuck {
            if trip.time < held.until {
                trip.values[held.signal] = held.value
                trip.stuckSignal = held.signal
            } else {
                stuck = nil
            }
        }
    }

    /// Shows the trip to the oracle of each episode; a trip on which the part broke is too late.
    private mutating func consult(
        _ trip: TripRecord, broken: [Int], _ setting: FleetSetting
    ) {
        for place in episodes.indices where episodes[place].oracle != nil {
            let mode = episodes[place].mode
            guard !broken.contains(mode), episodes[place].path.progress < 1 else { continue }
            let signal = FailureMode.all[mode].signal
            let isReadable = signal != nil && signal != trip.stuckSignal
            let seen = EpisodeOracle.Observation(
                residual: isReadable ? signal.map { trip.residuals[$0] } : nil,
                hasCode: trip.shown.contains { $0.place == place }, isBad: trip.bad[place],
                load: trip.load, ambient: trip.ambient,
                memory: signal.map { Double(memories[$0]) } ?? 0,
                noise: signal.map { trip.noises[$0] } ?? 1)
            let path = episodes[place].path
            if episodes[place].oracle?.isConvinced(
                by: seen, mode: FailureMode.all[mode], preset: setting.preset, path: path) == true
            {
                let doubt = episodes[place].oracle?.probability(of: .nothing) ?? 0
                episodes[place].oracleTicket = OracleTicket(at: trip.time, doubt: doubt)
                episodes[place].oracle = nil
            }
        }
    }

    // MARK: - Endings

    private mutating func fail(
        _ mode: Int, at time: EventTime, _ setting: FleetSetting, _ sink: inout FleetSink
    ) {
        let episode = episodes.first { $0.mode == mode && $0.kind == .precursor }
        sink.truth.append(.failure(failureTruth(mode, episode, failed: time, setting)))
        // The new part has neither what the old one had nor what looked like it.
        for place in episodes.indices where episodes[place].mode == mode {
            tell(place, at: time, ends: true, &sink)
        }
        episodes.removeAll { $0.mode == mode }
        repair(mode, setting)
    }

    func failureTruth(
        _ mode: Int, _ episode: Episode?, failed: EventTime?, _ setting: FleetSetting
    ) -> FailureTruth {
        let lot = setting.lots.lot(mode: mode, place: place)
        let isFirstPart = renewals[mode] == 0
        let limit = failed ?? setting.end
        return FailureTruth(
            vehicle: identity, mode: mode, hasPrecursor: episode != nil,
            isSeenFromOnset: episode.map { !$0.beganBefore } ?? true,
            onset: episode?.onset ?? limit,
            onsetKilometres: episode?.onsetKilometres ?? failures[mode], failed: failed,
            failedKilometres: failures[mode],
            codes: (episode?.codes ?? []).filter { $0.received < limit },
            lot: isFirstPart ? lot.name : nil, isBadLot: isFirstPart && lot.factor > 1,
            oracle: episode?.oracleTicket)
    }

    /// Lets codes that only annoy end, and tells of plateaus once it is clear that they are none.
    private mutating func closeEpisodes(at time: EventTime, _ sink: inout FleetSink) {
        for place in episodes.indices
        where episodes[place].kind != .precursor && episodes[place].path.progress >= 1 {
            let lasts = if case .plateau = episodes[place].kind { true } else { false }
            tell(place, at: time, ends: !lasts, &sink)
            episodes[place].oracle = nil
        }
        episodes.removeAll {
            ($0.kind == .nuisanceCode || $0.kind == .dips) && $0.path.progress >= 1
        }
    }

    private mutating func tell(
        _ place: Int, at time: EventTime, ends: Bool, _ sink: inout FleetSink
    ) {
        let episode = episodes[place]
        guard episode.kind != .precursor, !episode.isTold else { return }
        episodes[place].isTold = true
        var alike = LookAlikeTruth(
            vehicle: identity, what: .nuisanceCode, mode: episode.mode,
            signal: FailureMode.all[episode.mode].signalName, from: episode.onset,
            to: ends ? time : nil, codes: episode.codes.map(\.code), oracle: episode.oracleTicket)
        switch episode.kind {
        case .plateau(let level):
            alike.what = .plateau
            alike.level = level
        case .dips: alike.what = .dips
        case .nuisanceCode, .precursor: alike.signal = nil
        }
        sink.truth.append(.lookAlike(alike))
    }

    /// Tells what is still going on when the simulation ends, and what the vehicle is.
    mutating func close(_ setting: FleetSetting, _ sink: inout FleetSink) {
        for place in episodes.indices {
            let episode = episodes[place]
            if episode.kind == .precursor {
                sink.truth.append(
                    .failure(failureTruth(episode.mode, episode, failed: nil, setting)))
            } else {
                tell(place, at: setting.end, ends: false, &sink)
            }
        }
        sink.truth.append(
            .vehicle(
                VehicleTruth(
                    vehicle: identity, model: model,
                    region: FleetWeather.regions[region].name, year: 2019 + built / 12,
                    month: built % 12 + 1, entryKilometres: entryKilometres,
                    exitKilometres: odometer, trips: trips,
                    lots: FailureMode.all.indices.map {
                        setting.lots.lot(mode: $0, place: place).name
                    })))
    }

    // MARK: - Changes

    /// Codes without a meaning.
    private mutating func chat(
        _ trip: inout TripRecord, _ setting: FleetSetting, _ sink: inout FleetSink
    ) {
        if wasInWorkshop {
            wasInWorkshop = false
            let codes = (0..<3 + random.whole(below: 10)).map { _ in
                random.chance(0.6)
                    ? "U0\(101 + 7 * random.whole(below: 20))"
                    : CodeCatalogue.draw(vehicle: index, random: &random)
            }
            for code in codes { trip.add(code, status: "history") }
            tell(.workshop, codes: trip.codes.map(\.code), from: trip.time, to: trip.time, &sink)
        } else if random.chance(chatter) {
            for code in CodeCatalogue.spell(vehicle: index, random: &random) {
                trip.add(code, status: "pending")
            }
        }
        if isBatteryLow, random.chance(0.15) {
            trip.add(LookAlike.lowBatteryCode, status: "confirmed")
        }
        for mode in FailureMode.all where !mode.codes.isEmpty {
            guard random.chance(EpisodeOracle.strayCodeRate) else { continue }
            trip.add(mode.codes[index % mode.codes.count], status: "pending")
        }
    }

    /// What happens between two trips.
    ///
    /// - Returns: when the vehicle is free to drive again.
    private mutating func change(
        at time: EventTime, _ setting: FleetSetting, _ sink: inout FleetSink
    ) -> EventTime {
        var free = time
        if random.chance(0.004) {
            free = time.advanced(by: Int64(random.number(in: 3...28) * Self.day))
        }
        guard setting.preset.hasChanges else { return free }
        if random.chance(Self.workshopRate) {
            free = time.advanced(by: Int64(random.number(in: 0.3...2) * Self.day))
            wasInWorkshop = true
            if random.chance(Self.swapShare) { swapSensor(at: free, &sink) }
        }
        if random.chance(Self.driverRate) {
            usualLoad = random.number(in: 0.3...0.6)
            kilometresATrip *= random.number(in: 0.6...1.6)
            tell(.driverChange, from: time, to: nil, &sink)
        }
        if stuck == nil, random.chance(Self.stuckRate) {
            let signal = random.whole(below: FleetSignal.count)
            let until = time.advanced(by: Int64(random.number(in: 3...30) * Self.day))
            stuck = StuckSensor(
                signal: signal, value: lastValue(signal, at: time, setting), until: until)
            tell(.stuckSensor, signal: signal, from: time, to: until, &sink)
        }
        return free
    }

    private mutating func swapSensor(at time: EventTime, _ sink: inout FleetSink) {
        let signal = random.whole(below: FleetSignal.count)
        offsets[signal] += Float(2 * FleetSignal.all[signal].spread * random.normal())
        tell(.sensorSwap, signal: signal, from: time, to: nil, &sink)
    }

    private func lastValue(
        _ number: Int, at time: EventTime, _ setting: FleetSetting
    ) -> Double {
        let signal = FleetSignal.all[number]
        let ambient = setting.weather.ambient(region: region, at: time)
        return signal.expected(model: model, ambient: ambient, load: usualLoad)
            + Double(offsets[number]) + Double(remembered[number]) * signal.spread
    }

    private func tell(
        _ what: LookAlike, signal: Int? = nil, codes: [String] = [], from: EventTime,
        to: EventTime?, _ sink: inout FleetSink
    ) {
        sink.truth.append(
            .lookAlike(
                LookAlikeTruth(
                    vehicle: identity, what: what, signal: signal.map { FleetSignal.all[$0].name },
                    from: from, to: to, codes: codes)))
    }
}
