using DToC.Twin.Models.CustomerBase;
using DToC.Twin.Models.Transitions;

namespace DToC.Twin.Tests.Models.Transitions;

/// <summary>A forecast of two names: after "Seen" mostly "Bought", after "Bought" always "Seen".</summary>
internal static class SampleTransitions
{
    private static readonly LogCovariance Little = new(2, [0.01, 0.002, 0.002, 0.02]);

    public static TransitionForecast Forecast(TransitionSubject subject, string? target, double horizon = 7) => new(
        subject, ["last.event", "last.days"], ["Bought", "Seen"],
        [
            new TransitionRow("Bought", [0, 12], new WaitingTime(WaitingFamily.LogLogistic, 1.5, 20, Little)),
            new TransitionRow("Seen", [30, 10], new WaitingTime(WaitingFamily.Weibull, 0.8, 10, Little)),
        ],
        horizon, target);

    public static SampleModel Of(TransitionSubject subject, string? target) => new(
        Forecast(subject, target), [NameCode.Of("Seen"), 0], [NameCode.Of("Bought"), 12], [NameCode.Of("Seen"), 400]);
}
