using System.Buffers;
using System.Text.Unicode;
using DToC.Twin;

namespace DToC.Load.Traffic;

/// <summary>
/// Endless retail events of some of the customers, in the order of their time: views, baskets, mails, and six orders
/// in a hundred, which trigger a decision. The same seed gives the same events.
/// </summary>
/// <param name="customers">Ids of the customers; each event is of one drawn at random.</param>
/// <param name="prefix">Begins the id of each event, so that no two streams share one.</param>
/// <param name="start">Time of the first event.</param>
/// <param name="stepMs">Time between two events of the stream.</param>
/// <param name="seed">Seed of what is drawn.</param>
/// <param name="identified">Whether each event also names an e-mail address and a device, the customer's own.</param>
internal sealed class RetailTraffic(
    string[] customers, string prefix, Instant start, long stepMs, ulong seed, bool identified = false)
{
    private static readonly string[] Categories = ["shoes", "shirts", "coats", "sport", "children", "garden"];
    private static readonly string[] Devices = ["phone", "desktop", "tablet"];

    private readonly byte[] _line = new byte[2_048];
    private ulong _state = seed * 0x9E3779B97F4A7C15 + 1;
    private long _count;

    /// <summary>The next events.</summary>
    public PreparedEvents Take(int count) => Take([this], count);

    /// <summary>The next events of several streams, one of each in turn.</summary>
    public static PreparedEvents Take(RetailTraffic[] streams, int count)
    {
        var json = new ArrayBufferWriter<byte>(Math.Max(1, count) * 360);
        var ends = new int[count];
        var of = new string[count];
        for (var i = 0; i < count; i++)
        {
            of[i] = streams[i % streams.Length].Next(json);
            ends[i] = json.WrittenCount;
        }
        return new PreparedEvents(json.WrittenMemory, ends, of);
    }

    /// <summary>An order of a customer, the event that triggers a decision.</summary>
    public byte[] Order(string customer) => Next(customer, kind: 99).ToArray();

    private string Next(ArrayBufferWriter<byte> json)
    {
        var customer = customers[Draw(customers.Length)];
        json.Write(Next(customer, kind: Draw(100)));
        return customer;
    }

    private ReadOnlySpan<byte> Next(string customer, int kind)
    {
        var number = _count++;
        var at = start.PlusMs(number * stepMs).ToDateTimeOffset();
        var (product, other) = (Draw(5_000), Draw(5_000));
        var category = Categories[product % Categories.Length];
        Utf8.TryWrite(
            _line,
            $"{{\"id\":\"{prefix}-{number:d8}\",\"type\":\"{TypeOf(kind)}\",\"time\":\"{at:yyyy-MM-ddTHH:mm:ss.fff}Z\","
            + $"\"customer\":\"{customer}\",\"source\":\"web\",\"context\":{{\"channel\":\"web\","
            + $"\"device\":\"{Devices[product % 3]}\",\"session\":\"s-{number / 8}\"}}",
            out var head);
        if (identified)
        {
            Utf8.TryWrite(
                _line.AsSpan(head),
                $",\"identifiers\":{{\"email\":\"{customer}@example.com\",\"anonymousId\":\"d-{customer}\"}}",
                out var more);
            head += more;
        }
        Utf8.TryWrite(_line.AsSpan(head), $",\"properties\":", out var name);
        head += name;
        var rest = _line.AsSpan(head);
        int tail;
        switch (kind)
        {
            case < 62:
                Utf8.TryWrite(
                    rest,
                    $"{{\"product_id\":\"p-{product}\",\"category\":\"{category}\",\"price\":{10 + product % 90}.90,"
                    + $"\"currency\":\"EUR\"}}}}",
                    out tail);
                break;
            case < 76:
                Utf8.TryWrite(rest, $"{{\"product_id\":\"p-{product}\",\"category\":\"{category}\"}}}}", out tail);
                break;
            case < 94:
                Utf8.TryWrite(rest, $"{{}}}}", out tail);
                break;
            default:
                Utf8.TryWrite(
                    rest,
                    $"{{\"order_id\":\"o-{number}\",\"total\":{20 + product % 130}.90,\"discount\":{other % 4 * 5},"
                    + $"\"currency\":\"EUR\",\"shipping_country\":\"AT\",\"products\":["
                    + $"{{\"product_id\":\"p-{product}\",\"category\":\"{category}\",\"quantity\":1}},"
                    + $"{{\"product_id\":\"p-{other}\",\"category\":\"{Categories[other % Categories.Length]}\","
                    + $"\"quantity\":2}}]}}}}",
                    out tail);
                break;
        }
        return _line.AsSpan(0, head + tail);
    }

    private static string TypeOf(int kind) => kind switch
    {
        < 62 => "Product Viewed",
        < 76 => "Product Added",
        < 80 => "Checkout Started",
        < 90 => "Email Opened",
        < 92 => "Email Clicked",
        < 93 => "Payment Failed",
        < 94 => "Support Ticket Opened",
        _ => "Order Completed",
    };

    private int Draw(int below)
    {
        // xorshift64* (S. Vigna, 2016): enough for traffic, and the same everywhere.
        _state ^= _state >> 12;
        _state ^= _state << 25;
        _state ^= _state >> 27;
        return (int)((_state * 0x2545F4914F6CDD1D >> 33) % (ulong)below);
    }
}
