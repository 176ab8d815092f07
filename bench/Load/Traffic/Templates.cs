using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Load.Traffic;

/// <summary>
/// Stored states of customers who have lived a while, made by the grain itself. Each stands for many customers: a
/// state does not hold its customer's id.
/// </summary>
internal sealed class Templates
{
    private const int Count = 256;

    /// <summary>Of so many customers in ten all purposes have consent; the others said nothing.</summary>
    private const int ConsentedOfTen = 6;

    private const long BeginMs = 60 * Instant.DayMs;

    private readonly (byte[] State, TouchpointEvent Last)[] _made = new (byte[], TouchpointEvent)[Count];

    public Templates(TwinPlan plan, Instant now)
    {
        var grain = new BareGrain(plan);
        var reader = new EventReader(plan.Events, EventLimits.Default);
        var key = GrainKey.Customer("template");
        var day = now.PlusMs(-Instant.DayMs);
        for (var i = 0; i < Count; i++)
        {
            byte[] state = [];
            if (IsConsented(i)) state = grain.Run(key, state, Consents(plan), now.PlusMs(-BeginMs)).State;
            var traffic = new RetailTraffic(
                [key.Id], $"k{i}", now.PlusMs(-BeginMs), (BeginMs - 2 * Instant.DayMs) / LoadOptions.KnownEvents,
                (ulong)i + 1);
            var events = traffic.Take(LoadOptions.KnownEvents).Read(reader, day);
            state = grain.Run(key, state, new CustomerMessage.Observe(events), day).State;
            _made[i] = (state, events[^1]);
        }
    }

    /// <summary>The state of a customer.</summary>
    public byte[] StateOf(int customer) => _made[customer % Count].State;

    /// <summary>An event that the state of a customer holds already.</summary>
    public TouchpointEvent KnownEventOf(int customer) => _made[customer % Count].Last;

    /// <summary>Whether a customer consented to every purpose.</summary>
    public static bool IsConsented(int customer) => customer % Count % 10 < ConsentedOfTen;

    /// <summary>The version of a customer's state: turns that made it.</summary>
    public static long VersionOf(int customer) => IsConsented(customer) ? 2 : 1;

    private static CustomerMessage.SetConsents Consents(TwinPlan plan) => new(
        [.. plan.Consent.Purposes.Select(purpose => new ConsentChange(purpose, ConsentStatus.Granted))], "web");
}
