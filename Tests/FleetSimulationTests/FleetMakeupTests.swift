import SpecialFunctions
import Testing
import VehicleFaults

@testable import FleetSimulation

/// What the simulated fleet is made of, against the figures that it is made after.
@Suite struct FleetMakeupTests {
    static let setting = FleetSetting(
        preset: .normal, seed: 8, vehicles: 2000, days: 180, start: SimulatedFleet.usualStart)
    static let vehicles = (0..<2000).map { SimulatedVehicle(index: $0, setting: setting) }

    @Test("the lag-1 correlation of noise is beta 4, 2 over vehicles and signals")
    func memories() {
        let all = Self.vehicles.flatMap { vehicle in
            (0..<FleetSignal.count).map { Double(vehicle.memories[$0]) }
        }
        let mean = all.reduce(0, +) / Double(all.count)
        let variance = all.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(all.count)
        #expect((mean - 2.0 / 3).magnitude < 0.01)
        #expect((variance - 8.0 / (36 * 7)).magnitude < 0.002)
    }

    @Test("yearly kilometres are log-normal about 15,000; frailty has mean 1 and variance 1/2")
    func distances() {
        let yearly = Self.vehicles.map { $0.dailyKilometres * 365 }.sorted()
        #expect((yearly[1000] / 15_000 - 1).magnitude < 0.06)
        // Two thirds of the logarithms lie within .6 of the middle.
        let within = yearly.count { (Elementary.log($0 / 15_000)).magnitude < 0.6 }
        #expect((Double(within) / 2000 - 0.683).magnitude < 0.04)
        let frailties = Self.vehicles.map(\.frailty)
        let mean = frailties.reduce(0, +) / 2000
        let variance = frailties.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 2000
        #expect((mean - 1).magnitude < 0.06 && (variance - 0.5).magnitude < 0.08)
    }

    @Test("four failures in ten are sudden")
    func suddenShare() {
        var sudden = 0
        var all = 0
        for vehicle in Self.vehicles.prefix(500) {
            for mode in 0..<FailureMode.count {
                all += 1
                if vehicle.onsets[mode] == .infinity { sudden += 1 }
            }
        }
        #expect((Double(sudden) / Double(all) - 0.4).magnitude < 0.03)
    }

    @Test("for each real drift three others come to a plateau, at most half of the way")
    func plateausADrift() {
        var (drifts, plateaus) = (0, 0)
        for item in SimulatedFleet(preset: .normal, seed: 12, vehicles: 2500, days: 180) {
            switch item {
            case .truth(.failure(let truth)):
                let isGradual = FailureMode.all[truth.mode].isGradual
                if isGradual, truth.hasPrecursor, truth.failed != nil { drifts += 1 }
            case .truth(.lookAlike(let truth)): if truth.what == .plateau { plateaus += 1 }
            default: break
            }
        }
        // Both are counts: 3, and three standard errors of their ratio.
        let ratio = Double(plateaus) / Double(max(drifts, 1))
        let error = 3 * (1 / Double(max(drifts, 1)) + 1 / Double(max(plateaus, 1))).squareRoot()
        #expect((ratio - 3).magnitude <= 3 * error, "\(plateaus) for \(drifts)")
        #expect(drifts > 100 && LookAlike.plateauLevels == 0.1...0.5, "\(drifts)")
    }

    @Test("a fifth of the modes is withheld, one of them a whole family; all families are there")
    func families() {
        #expect(FailureMode.all.count == FailureMode.count)
        #expect(FailureMode.all.count { $0.isWithheld } * 5 == FailureMode.count)
        #expect(Set(FailureMode.all.map(\.family)) == Set(FailureFamily.allCases))
        let correlations = FailureMode.all.filter { $0.family == .brokenCorrelation }
        #expect(correlations.allSatisfy { $0.isWithheld })
        #expect(Set(FailureMode.all.map(\.shape)) == [0.7, 1, 2.5, 4])
        #expect(FleetSignal.all.count == FleetSignal.count)
    }

    @Test("trips begin as the profile of the week says")
    func profile() {
        var random = SeededRandom(2)
        let clock = TripClock(start: SimulatedFleet.usualStart)
        var at = clock.start
        var hours = [Int](repeating: 0, count: 24)
        var weekend = 0
        let trips = 10_000
        for _ in 0..<trips {
            at = clock.next(after: at, rate: 2.5, random: &random)
            let hour = Int(at.milliseconds(since: clock.start) / 3_600_000)
            hours[hour % 24] += 1
            if hour / 24 % 7 >= 5 { weekend += 1 }
        }
        let days = Double(at.milliseconds(since: clock.start)) / 86_400_000
        // Five working days at the rate and two with two thirds of it.
        #expect((Double(trips) / days / (2.5 * (5 + 4.0 / 3) / 7) - 1).magnitude < 0.02)
        #expect((Double(weekend) / Double(trips) - (4.0 / 3) / (5 + 4.0 / 3)).magnitude < 0.02)
        #expect(hours[7] > 5 * hours[4] && hours[17] > 2 * hours[21])
    }

    @Test("weather is warmer in summer and in the south, and moves slowly")
    func weather() {
        let weather = FleetWeather(
            seed: 1, start: SimulatedFleet.usualStart, days: 365, firstDayOfYear: 5)
        func mean(_ region: Int, _ days: Range<Int>) -> Double {
            days.reduce(0) { sum, day in
                let at = SimulatedFleet.usualStart.advanced(
                    by: Int64(day) * 86_400_000 + 43_200_000)
                return sum + weather.ambient(region: region, at: at)
            } / Double(days.count)
        }
        for region in FleetWeather.regions.indices {
            #expect(mean(region, 170..<230) > mean(region, 0..<60) + 5)
        }
        #expect(mean(2, 0..<365) > mean(0, 0..<365) + 8)
    }

    @Test("154 codes, none of a failure; a spell has five or six on average, seldom many more")
    func codes() {
        #expect(CodeCatalogue.codes.count == CodeCatalogue.count)
        #expect(Set(CodeCatalogue.codes).count == CodeCatalogue.count)
        let failures = Set(FailureMode.all.flatMap { $0.codes + [$0.finalCode] })
        #expect(failures.isDisjoint(with: CodeCatalogue.codes))
        #expect(CodeCatalogue.codes.allSatisfy { FaultCode(text: $0) != nil })
        var random = SeededRandom(6)
        let sizes = (0..<3000).map { CodeCatalogue.spell(vehicle: $0, random: &random).count }
        let mean = Double(sizes.reduce(0, +)) / 3000
        #expect((mean - 5.5).magnitude < 0.5, "\(mean)")
        #expect(sizes.count { $0 > 15 } > 30 && sizes.count { $0 == 1 } > 30)
    }

    @Test("lots hold 500 to 20,000 parts in the order of building; some few are bad")
    func lots() {
        var bad = 0
        var all = 0
        for seed in UInt64(0)..<40 {
            let lots = PartLots(seed: seed, vehicles: 200_000, hasBadLots: true)
            bad += lots.bad.count
            for lot in lots.bad { #expect((3...8).contains(lot.factor)) }
            for mode in 0..<FailureMode.count {
                let last = lots.lot(mode: mode, place: 1).number
                all += last
                #expect((10...400).contains(last))
                #expect(
                    lots.lot(mode: mode, place: 0.2).number
                        <= lots.lot(mode: mode, place: 0.3).number)
            }
        }
        #expect((Double(bad) / Double(all) - 0.03).magnitude < 0.006)
        #expect(PartLots(seed: 1, vehicles: 200_000, hasBadLots: false).bad.isEmpty)
        #expect(PartLots(seed: 1, vehicles: 100, hasBadLots: true).bad.isEmpty)
        for seed in UInt64(0)..<20 {
            #expect(!PartLots(seed: seed, vehicles: 20_000, hasBadLots: true).bad.isEmpty)
        }
    }

    @Test("identification numbers are all different and carry their check digit")
    func numbers() {
        var seen: Set<[UInt8]> = []
        for index in stride(from: 0, to: FleetNumber.most, by: 7919) {
            let text = FleetNumber.text(
                index: index, model: index % 3, year: 2019 + index % 7, region: index % 5)
            let isNew = seen.insert(text).inserted
            #expect(text.count == 17 && isNew)
            #expect(text[8] == SampleNumber.checkDigit(of: text))
        }
    }

    @Test("a vehicle's state takes about 700 bytes")
    func size() { #expect(MemoryLayout<SimulatedVehicle>.stride <= 720) }

    @Test("a part that has settled on the way to its limit settles nowhere else")
    func plateaus() {
        var settled: [String: Int] = [:]
        for item in SimulatedFleet(preset: .nuisance, seed: 4, vehicles: 30, days: 500) {
            guard case .truth(.lookAlike(let alike)) = item, alike.what == .plateau else {
                continue
            }
            #expect(alike.to == nil)
            settled["\(alike.vehicle) \(alike.mode ?? -1)", default: 0] += 1
        }
        #expect(settled.count >= 5 && settled.values.allSatisfy { $0 == 1 })
    }

    @Test("what befalls a whole fleet moves four signals of every vehicle at once, and fades")
    func shocks() throws {
        func setting(_ preset: FleetPreset) -> FleetSetting {
            FleetSetting(
                preset: preset, seed: 3, vehicles: 10, days: 180, start: SimulatedFleet.usualStart)
        }
        let (struck, usual) = (setting(.shock), setting(.normal))
        #expect(usual.shocks.isEmpty && struck.releases == usual.releases)
        #expect((8...24).contains(Set(struck.shocks.map(\.at)).count))
        let shock = try #require(struck.shocks.first)
        #expect(struck.shocks.count { $0.at == shock.at } == FleetShock.signals)
        for (days, share) in [(-0.01, 0.0), (0.25, 0.957_603), (4, 0.5), (8, 0.25), (60, 0)] {
            let time = shock.at.advanced(by: Int64(days * 86_400_000))
            #expect((shock.share(at: time) - share).magnitude < 1e-6, "\(days)")
        }
        let time = shock.at.advanced(by: 21_600_000)
        for vehicle in 0..<10 {
            let moved =
                struck.commonShift(
                    signal: shock.number, model: vehicle % 3, vehicle: vehicle, at: time)
                - usual.commonShift(
                    signal: shock.number, model: vehicle % 3, vehicle: vehicle, at: time)
            #expect(
                (moved - shock.shift * shock.share(at: time)).magnitude < 1e-9, "\(vehicle)")
            let size = shock.shift.magnitude / FleetSignal.all[shock.number].spread
            #expect((2...4).contains(size))
        }
    }
}
