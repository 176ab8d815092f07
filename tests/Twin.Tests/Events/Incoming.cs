using System.Text;
using DToC.Twin.Events;
using DToC.Twin.Tests.State;
using Xunit.Sdk;

namespace DToC.Twin.Tests.Events;

/// <summary>Reads events of <see cref="SmallTwin"/>'s definition as they come in.</summary>
internal static class Incoming
{
    public static readonly Instant Now = SmallTwin.Monday;

    /// <summary>A right order whose properties are these members.</summary>
    public static string Order(string properties, string more = "") =>
        $$"""{"id":"e-1","source":"web","type":"Bought","customer":"c-1","properties":{ {{properties}} } {{more}} }""";

    public static EventReading Read(string json) => Read(Encoding.UTF8.GetBytes(json));

    public static EventReading Read(byte[] json) =>
        new EventReader(SmallTwin.Plan.Events, EventLimits.Default).Read(json, Now);

    public static TouchpointEvent Event(string json) => Read(json) switch
    {
        EventReading.Read read => read.Event,
        EventReading.Rejected no => throw new XunitException($"{no.Problem} {no.Field}: {no.Message}"),
        var other => throw new XunitException($"{other}"),
    };

    /// <summary>Value of a signal in its stored units.</summary>
    public static long Number(TouchpointEvent e, string signal) => e.Numbers[SignalOf(e, signal)];

    /// <summary>Tokens of a signal, in order.</summary>
    public static string[] Tokens(TouchpointEvent e, string signal)
    {
        var slot = SignalOf(e, signal);
        return [.. e.Tokens.Where(t => t.Signal == slot)
            .Select(t => Encoding.UTF8.GetString(e.TokenBytes, t.Offset, t.Length))];
    }

    private static int SignalOf(TouchpointEvent e, string signal)
    {
        var signals = SmallTwin.Plan.Events.Types[e.Type].Signals;
        for (var i = 0; i < signals.Count; i++)
        {
            if (signals[i].Name == signal) return i;
        }
        throw new XunitException($"No signal {signal}.");
    }
}
