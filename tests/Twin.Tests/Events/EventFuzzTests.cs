using System.Text;
using DToC.Twin.Events;
using DToC.Twin.Fold;
using DToC.Twin.State;
using DToC.Twin.Tests.State;
using Xunit.Abstractions;

namespace DToC.Twin.Tests.Events;

public class EventFuzzTests(ITestOutputHelper output)
{
    private const int Seed = 20_260_303;
    private const int Events = 20_000;

    private static readonly byte[][] Right =
    [
        .. new[]
        {
            Incoming.Order("\"total\":12.5,\"currency\":\"USD\",\"gift\":true,\"a\":{\"b\":{\"c\":1}},"
                + "\"lines\":[{\"product\":\"p\\u00fc\",\"quantity\":2,\"price\":1.5},{\"product\":7}],"
                + "\"address\":{\"country\":\"AT\"},\"size\":3,\"vip\":false",
                ",\"time\":\"2026-03-02T09:00:00.25+01:00\","
                + "\"context\":{\"channel\":\"w\\u0065b\",\"place\":\"Graz\"}"),
            """{"specversion":"1.0","id":"ü","source":"web","type":"Seen","subject":"c","data":{"product":"é"}}""",
            """
            {"id":"1","source":"shop","type":"Seen","identifiers":{"email":"a@b","cookie":null},"properties":null}
            """,
        }.Select(Encoding.UTF8.GetBytes),
    ];

    private static readonly string[] Parts =
    [
        "{", "}", "[", "]", ":", ",", "\"", "\\", "\\u", "\\ud83d", "\\udc00", "null", "true", "-", "1e999", "-1e-999",
        "99999999999999999999", "0.1", "NaN", "\"total\":", "\"id\":", "\"lines\":[[{",
        "\0", "\uFEFF", "é", "/*", "\r\n",
        "\"time\":\"0001-01-01T00:00:00Z\"", "\"2026-02-30T00:00:00Z\"", "9007199254740993",
    ];

    [Fact]
    public void Any_bytes_are_read_or_rejected_and_never_throw()
    {
        var random = new Random(Seed);
        var reader = new EventReader(SmallTwin.Plan.Events, EventLimits.Default);
        var (read, rejected) = (0, new int[Enum.GetValues<EventProblem>().Length]);
        for (var i = 0; i < Events; i++)
        {
            var json = Mutated(random);
            try
            {
                if (reader.Read(json, Incoming.Now) is EventReading.Rejected no) rejected[(int)no.Problem]++;
                else read++;
                Fold(reader.ReadStored(json, Incoming.Now, Incoming.Now));
            }
            catch (Exception e)
            {
                output.WriteLine($"seed {Seed}, event {i}: {Convert.ToHexString(json)}");
                Assert.Fail($"Event {i} of seed {Seed} gave {e.GetType().Name}: {e.Message}");
            }
        }
        output.WriteLine($"seed {Seed}: {read} read, rejected {string.Join(' ', rejected)}");
        Assert.InRange(read, 500, Events - 500);
        Assert.True(rejected.Count(n => n > 0) >= 6, "the mutations reach too few kinds of problem");
    }

    private static void Fold(EventReading reading)
    {
        if (reading is not EventReading.Read { Event: var e }) return;
        var state = new CustomerState(SmallTwin.Plan);
        CommutativeFold.Apply(state, e);
        OrderedFold.Apply(state, e);
    }

    private static byte[] Mutated(Random random)
    {
        var bytes = Right[random.Next(Right.Length)].ToList();
        for (var changes = random.Next(1, 5); changes > 0; changes--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 12), bytes.Count - at - 1));
                    break;
                case 2:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Parts[random.Next(Parts.Length)]));
                    break;
                case 3:
                    var digit = bytes.FindIndex(at, b => b is >= (byte)'0' and <= (byte)'9');
                    if (digit >= 0) bytes.InsertRange(digit, Encoding.UTF8.GetBytes(Parts[random.Next(14, 18)]));
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.GetRange(random.Next(bytes.Count / 2), bytes.Count / 4));
                    break;
                default:
                    bytes[at] = (byte)"0129.e-tfn{}[]\"\\"[random.Next(16)];
                    break;
            }
        }
        return [.. bytes];
    }
}
