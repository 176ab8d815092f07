using System.Globalization;
using System.Text;
using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Events;

namespace DToC.Conformance;

/// <summary>Events numbered from 1 to <see cref="Count"/>, spread over some customers, some of them late.</summary>
internal sealed class NumberedEvents(Instant start)
{
    public const int Count = 2_000;

    private const int Customers = 7;
    private readonly EventReader _reader = new(CustomerPlans.First.Events, EventLimits.Default);

    public static IEnumerable<GrainKey> Keys => Enumerable.Range(0, Customers).Select(Key);

    /// <summary>Whose event a number is.</summary>
    public static GrainKey KeyOf(int number) => Key(number % Customers);

    /// <summary>The message with one event.</summary>
    public CustomerMessage.Observe Message(int number)
    {
        var late = number % 5 == 0 ? 90_000 : 0;
        var time = start.PlusMs(number * 100 - late);
        var json = string.Create(CultureInfo.InvariantCulture, $$$"""
            {"id":"n{{{number}}}","type":"Ordered","time":"{{{time}}}","source":"list",
            "customer":"{{{KeyOf(number).Id}}}","identifiers":{"email":"{{{KeyOf(number).Id}}}@list.example"},
            "properties":{"total":{{{number % 97 + 0.25}}},"items":{{{number % 3 + 1}}},"product":"p{{{number % 11}}}"}}
            """);
        lock (_reader)
        {
            var reading = _reader.Read(Encoding.UTF8.GetBytes(json), start.PlusMs(Count * 100));
            return new CustomerMessage.Observe([((EventReading.Read)reading).Event]);
        }
    }

    private static GrainKey Key(int customer) =>
        GrainKey.Customer(string.Create(CultureInfo.InvariantCulture, $"k{customer}"));
}
