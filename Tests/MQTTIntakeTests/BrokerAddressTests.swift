import MQTTIntake
import Testing

@Suite("Broker addresses") struct BrokerAddressTests {
    @Test(
        "an address is read, and written so that it reads the same",
        arguments: [
            ("mqtt://broker", "mqtt://broker:1883"),
            ("mqtts://broker", "mqtts://broker:8883"),
            ("MQTT://broker:2000/", "mqtt://broker:2000"),
            ("mqtt://fleet@10.0.0.1:99", "mqtt://fleet@10.0.0.1:99"),
            ("mqtts://a@b.example@[::1]:1", "mqtts://a@b.example@[::1]:1"),
            ("mqtt://[fe80::1]", "mqtt://[fe80::1]:1883"),
        ])
    func reads(text: String, written: String) throws {
        let address = try BrokerAddress(text)
        #expect(address.description == written)
        #expect(try BrokerAddress(written) == address)
    }

    @Test(
        "what is no address is refused with the reason",
        arguments: [
            ("broker:1883", BrokerAddressFailure.schemeMissing),
            ("http://broker", .schemeUnknown("http")),
            ("mqtt://user:secret@broker", .passwordGiven),
            ("mqtt://@broker", .userEmpty),
            ("mqtt://", .hostUnreadable),
            ("mqtt://[::1", .hostUnreadable),
            ("mqtt://[::1]x", .hostUnreadable),
            ("mqtt://broker:0", .portUnreadable("0")),
            ("mqtt://broker:65536", .portUnreadable("65536")),
            ("mqtt://broker:", .portUnreadable("")),
            ("mqtt://broker/fleet/#", .pathGiven),
        ])
    func refuses(text: String, reason: BrokerAddressFailure) {
        #expect(throws: reason) { try BrokerAddress(text) }
    }

    @Test("a password is shown neither by the address nor by the settings")
    func hidesPasswords() throws {
        #expect(!BrokerAddressFailure.passwordGiven.description.contains("secret"))
        var settings = BrokerSettings(address: try BrokerAddress("mqtt://a"), clientID: "c")
        settings.password = "secret"
        var dumped = ""
        dump(settings, to: &dumped)
        #expect(!dumped.contains("secret") && !"\(settings)".contains("secret"))
        #expect(!String(reflecting: settings).contains("secret"))
    }
}
