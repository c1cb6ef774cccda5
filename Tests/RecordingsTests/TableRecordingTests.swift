import Foundation
import Recordings
import Testing

struct TableRecordingTests {
    func rows(_ text: String, _ columns: TableColumns = TableColumns()) throws -> [String] {
        let back = try converted(Array(text.utf8), from: .csv, to: .native, columns: columns)
        return String(decoding: back.bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test("reads a table with a comma at the end and brackets in its names") func plain() throws {
        let text = """
            ENGINE_RPM (),VEHICLE_SPEED (km/h),COOLANT_TEMPERATURE (),TIME_SINCE_TROUBLE_CODES_CLEARED (),
            812.25,0,91,12,
            900,,NODATA,12,
            """
        #expect(
            try rows(text, TableColumns(vehicle: "ETIOS-1")) == [
                #"{"v":1,"vehicle":"ETIOS-1","signals":{"rpm":812.25,"speed_kmh":0,"coolant_c":91,"time_since_trouble_codes_cleared":12}}"#,
                #"{"v":1,"vehicle":"ETIOS-1","signals":{"rpm":900,"time_since_trouble_codes_cleared":12}}"#,
            ])
    }

    @Test(
        "reads semicolons, decimal commas and units; what is no number stays text, for that one value to be refused"
    )
    func european() throws {
        let text = """
            TIMESTAMP;CAR_ID;ENGINE_LOAD;ENGINE_COOLANT_TEMP;DTC_NUMBER;TROUBLE_CODES;Odometer
            1513358949000;car1;"74,50%";82C;MIL is OFF0 codes;P0301 P0420;48211,4
            2017-12-15T17:29:10;car1;-0,5;180F;;;
            """
        #expect(
            try rows(text) == [
                #"{"v":1,"vehicle":"car1","ts":1513358949000,"odo_km":48211.4,"dtcs":["P0301","P0420"],"signals":{"load_pct":74.50,"coolant_c":82,"dtc_number":"MIL is OFF0 codes"}}"#,
                #"{"v":1,"vehicle":"car1","ts":1513358950000,"signals":{"load_pct":-0.5,"coolant_c":"180F"}}"#,
            ])
    }

    @Test("a time that a spreadsheet has rounded is no time") func roundedTime() throws {
        let recording = try WholeRecording(
            of: "timestamp;rpm\n1,51336E+12;800\n1513358949.25;801\n;802\n", format: .csv)
        #expect(recording.messages.map(\.milliseconds) == [1_513_358_949_250, nil])
        #expect(recording.refused.map(\.reason) == [.unreadableTime])
        #expect(recording.refused.map(\.line) == [2])
    }

    @Test("a row with more fields than the header is refused, one with fewer is read") func width()
        throws
    {
        let recording = try WholeRecording(of: "a,b\n1,2,3\n1\n1,2,,\n", format: .csv)
        #expect(recording.refused.map(\.line) == [2])
        #expect(recording.messages.count == 2)
    }

    @Test("columns mean what the caller says; a name that stands twice counts once") func mapped()
        throws
    {
        var columns = TableColumns(vehicle: "V")
        for text in ["T (°C)=coolant_c", "Zeit=time", "a=b=rpm", "weg=-"] {
            let entry = try #require(TableColumns.entry(text))
            columns.meanings[entry.header] = entry.meaning
        }
        #expect(
            try rows("Zeit,T (°C),a=b,weg,rpm\n1513358949,91,800,1,2\n", columns) == [
                #"{"v":1,"vehicle":"V","ts":1513358949000,"signals":{"coolant_c":91,"rpm":800}}"#
            ])
        #expect(TableColumns.entry("coolant") == nil)
        #expect(TableColumns.entry("a=") == nil)
        #expect(TableColumns.entry("=a") == nil)
    }
}
