using System.Globalization;

namespace DToC.Learn.Synthetic;

/// <summary>Finds what a profile may not say, before anything is drawn from it.</summary>
internal static class ProfileCheck
{
    private const int MaxDays = 3_660;
    private const int MaxDepth = 4;

    public static IReadOnlyList<string> FaultsOf(PopulationProfile profile)
    {
        var faults = new List<string>();
        void Want(bool holds, string otherwise)
        {
            if (!holds)
                faults.Add(otherwise);
        }

        Want(profile.Days is >= 1 and <= MaxDays, $"days is {profile.Days}, wanted 1..{MaxDays}");
        Want(profile.JoinWithinDays is >= 0 && profile.JoinWithinDays <= profile.Days,
            $"joinWithinDays is {profile.JoinWithinDays}, wanted 0..days");
        Want(profile.Regions is >= 1 and <= 10_000, $"regions is {profile.Regions}, wanted 1..10,000");
        Want(profile.ChannelConcentration > 0, "channelConcentration should be above 0");
        Want(profile.Channels.Count > 0 && profile.Channels.Any(channel => channel.Weight > 0),
            "channels should hold at least one of weight above 0");
        var names = profile.Channels.Select(channel => channel.Name).ToHashSet(StringComparer.Ordinal);
        Want(names.Count == profile.Channels.Count, "channels should have distinct names");
        Want(profile.Streams.Count > 0, "streams should hold at least one");
        if (profile.Spend is { } spend)
            Want(spend.P > 0 && spend.Q > 1 && spend.Gamma > 0, "spend wants p > 0, q > 1 and gamma > 0");
        CheckRhythm(profile.Rhythm, Want);
        foreach (var period in profile.Discounts)
            CheckDiscount(period, Want);
        CheckDraw(profile.PriceSensitivity, "priceSensitivity", Want);
        if (profile.PullForward is { } pull)
        {
            Want(pull.Share is >= 0 and <= 1 && pull.Days is >= 1 and <= 364,
                "pullForward wants a share in 0..1 and days in 1..364");
        }
        if (profile.Shocks is { } shocks)
        {
            Want(shocks.Sd is >= 0 and <= 1 && shocks.Persistence is >= 0 and < 1,
                "shocks want sd in 0..1 and persistence from 0 to below 1");
        }
        foreach (var latent in profile.Latents)
            CheckDraw(latent.Draw, $"latent {latent.Name}", Want);
        CheckDropout(profile, Want);
        foreach (var stream in profile.Streams)
            CheckStream(profile, stream, Want);
        return faults;
    }

    private static void CheckRhythm(Rhythm rhythm, Action<bool, string> want)
    {
        want(rhythm.Hours.Count == 24, $"rhythm.hours has {rhythm.Hours.Count} weights, wanted 24");
        want(rhythm.Weekdays.Count == 7, $"rhythm.weekdays has {rhythm.Weekdays.Count} weights, wanted 7");
        want(rhythm.Months.Count == 12, $"rhythm.months has {rhythm.Months.Count} weights, wanted 12");
        var weights = rhythm.Hours.Concat(rhythm.Weekdays).Concat(rhythm.Months);
        want(weights.All(weight => weight >= 0), "rhythm has a weight below 0");
        want(rhythm.Hours.Sum() > 0 && rhythm.Weekdays.Sum() > 0 && rhythm.Months.All(weight => weight > 0),
            "rhythm should have hours and weekdays that are not all 0, and no month of 0");
    }

    private static void CheckDiscount(DiscountPeriod period, Action<bool, string> want)
    {
        foreach (var day in (string[])[period.From, period.To])
        {
            // 2000 is a leap year, so that 02-29 passes.
            var isDay = DateOnly.TryParseExact(
                "2000-" + day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
            want(isDay, $"discount day '{day}' should be MM-dd");
        }
        want(string.CompareOrdinal(period.From, period.To) <= 0, $"discount {period.From}: from is after to");
        want(period.Depth is > 0 and < 1, $"discount {period.From}: depth is {period.Depth}, wanted in (0, 1)");
    }

    private static void CheckDropout(PopulationProfile profile, Action<bool, string> want)
    {
        switch (profile.Dropout)
        {
            case Dropout.AfterEvent after:
                want(after.A > 0 && after.B > 0, "dropout wants a > 0 and b > 0");
                want(profile.Streams is [{ Rate: not null }, ..],
                    "dropout after-event wants a rate in the first stream");
                break;
            case Dropout.AnyTime any:
                want(any.Shape > 0 && any.Weeks > 0, "dropout wants shape > 0 and weeks > 0");
                CheckLoads(profile, any.Loads, "dropout", want);
                break;
        }
        if (profile.Dropout?.Farewell is { } farewell)
            CheckDependent(profile, farewell, 1, want);
    }

    private static void CheckStream(PopulationProfile profile, EventStream stream, Action<bool, string> want)
    {
        var name = stream.Event;
        want(stream.Rate == null != (stream.Every == null), $"{name} should have either rate or every");
        if (stream.Rate is { } rate)
            want(rate.Shape > 0 && rate.Weeks > 0, $"{name}: rate wants shape > 0 and weeks > 0");
        if (stream.Every is { } every)
            want(every.Days >= 0.01 && every.JitterDays >= 0, $"{name}: every wants days >= 0.01, jitterDays >= 0");
        CheckChannel(profile, stream.Channel, name, want);
        CheckLoads(profile, stream.Loads, name, want);
        foreach (var sampler in stream.Properties)
            CheckProperty(profile, sampler, name, want);
        foreach (var dependent in stream.With)
            CheckDependent(profile, dependent, 1, want);
    }

    private static void CheckDependent(
        PopulationProfile profile, DependentEvent dependent, int depth, Action<bool, string> want)
    {
        var name = dependent.Event;
        want(depth <= MaxDepth, $"{name} is nested deeper than {MaxDepth}");
        want(dependent.Probability is >= 0 and <= 1, $"{name}: probability should be in 0..1");
        CheckDraw(dependent.DelayMinutes, $"{name}: delayMinutes", want);
        CheckDraw(dependent.Count, $"{name}: count", want);
        CheckChannel(profile, dependent.Channel, name, want);
        CheckLoads(profile, dependent.Loads, name, want);
        foreach (var sampler in dependent.Properties)
            CheckProperty(profile, sampler, name, want);
        foreach (var next in dependent.With)
            CheckDependent(profile, next, depth + 1, want);
        if (dependent.Otherwise is { } otherwise)
            CheckDependent(profile, otherwise, depth + 1, want);
    }

    private static void CheckProperty(
        PopulationProfile profile, PropertySampler sampler, string where, Action<bool, string> want)
    {
        var name = $"{where}.{sampler.Name}";
        switch (sampler)
        {
            case PropertySampler.Token token:
                want(token.Count >= 1 && token.Exponent > 0, $"{name} wants count >= 1 and exponent > 0");
                break;
            case PropertySampler.Choice choice:
                want(choice.Values.Count == choice.Weights.Count && choice.Weights.Sum() > 0,
                    $"{name} wants as many weights as values, not all 0");
                break;
            case PropertySampler.Flag flag:
                want(flag.Probability is >= 0 and <= 1, $"{name}: probability should be in 0..1");
                CheckLoads(profile, flag.Loads, name, want);
                break;
            case PropertySampler.Number number:
                CheckDraw(number.Draw, name, want);
                CheckLoads(profile, number.Loads, name, want);
                want(number.Decimals is >= 0 and <= 6, $"{name}: decimals should be in 0..6");
                want(number.Min <= number.Max, $"{name}: min is above max");
                break;
            case PropertySampler.Money or PropertySampler.Spend:
                want(profile.Spend != null, $"{name} wants the profile to have spend");
                break;
            case PropertySampler.Basket basket:
                want(profile.Spend != null, $"{name} wants the profile to have spend");
                want(basket.Products >= 1 && basket.Exponent > 0 && basket.Categories.Count > 0,
                    $"{name} wants products >= 1, exponent > 0 and a category");
                break;
            case PropertySampler.Demand demand:
                CheckDraw(demand.Price, $"{name}: price", want);
                CheckLoads(profile, demand.Loads, name, want);
                CheckLoads(profile, [new(demand.Elasticity, 1)], name, want);
                want(demand.Quantity > 0 && demand.Sigma >= 0 && demand.Products >= 1 && demand.Categories.Count > 0,
                    $"{name} wants quantity > 0, sigma >= 0, products >= 1 and a category");
                want(demand.Price.Mean > 0, $"{name}: the mean price should be above 0");
                break;
            case PropertySampler.Pick pick:
                want(pick.Field is "product_id" or "category" or "quantity" or "price",
                    $"{name}: field is '{pick.Field}', wanted product_id, category, quantity or price");
                break;
        }
    }

    private static void CheckChannel(
        PopulationProfile profile, string? channel, string where, Action<bool, string> want) =>
        want(channel == null || profile.Channels.Any(known => known.Name == channel),
            $"{where}: no channel is named '{channel}'");

    private static void CheckLoads(
        PopulationProfile profile, IReadOnlyList<Load> loads, string where, Action<bool, string> want)
    {
        foreach (var load in loads)
        {
            want(profile.Latents.Any(latent => latent.Name == load.Latent),
                $"{where}: no latent is named '{load.Latent}'");
        }
    }

    private static void CheckDraw(Distribution? draw, string where, Action<bool, string> want)
    {
        if (draw?.Fault is { } fault)
            want(false, $"{where}: {fault}");
    }
}
