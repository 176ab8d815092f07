using DToC.Twin.Definitions;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Twin.Decisions;

/// <summary>May this offer leave by its channel now: cool-downs, caps, quiet hours.</summary>
public static class ContactPolicy
{
    /// <summary>The first rule that forbids it, or <see cref="Rejection.None"/>.</summary>
    public static Rejection Check(TwinPlan plan, OfferPlan offer, ReadOnlySpan<Contact> contacts, Instant now) =>
        Check(plan.Decisions, plan.Fold.LocalTime, offer, contacts, now);

    internal static Rejection Check(
        DecisionPlan decisions, LocalTime localTime, OfferPlan offer, ReadOnlySpan<Contact> contacts, Instant now)
    {
        if (offer.CoolDownMs > 0 && LastOf(contacts, offer.NameHash, 0, outboundOnly: false) is { } chosen
            && now.UnixMs - chosen < offer.CoolDownMs)
        {
            return Rejection.OfferCoolDown;
        }
        var channel = decisions.Channels[offer.Channel];
        if (!channel.Outbound) return Rejection.None;
        var policy = decisions.ContactPolicy;
        var minute = localTime.MinuteOfDay(now);
        if (IsQuiet(policy.QuietHours, minute) || IsQuiet(channel.Contact.QuietHours, minute))
            return Rejection.QuietHours;
        if (IsTooSoon(policy, contacts, 0, now)) return Rejection.PolicyCoolDown;
        if (IsTooOften(policy, contacts, 0, now)) return Rejection.PolicyCap;
        if (IsTooSoon(channel.Contact, contacts, channel.NameHash, now)) return Rejection.ChannelCoolDown;
        return IsTooOften(channel.Contact, contacts, channel.NameHash, now) ? Rejection.ChannelCap : Rejection.None;
    }

    private static bool IsQuiet(QuietHours? quiet, int minute) =>
        quiet is not null
        && (quiet.FromMinute <= quiet.ToMinute
            ? minute >= quiet.FromMinute && minute < quiet.ToMinute
            : minute >= quiet.FromMinute || minute < quiet.ToMinute);

    private static bool IsTooSoon(ContactRules rules, ReadOnlySpan<Contact> contacts, ulong channel, Instant now) =>
        rules.CoolDownHours > 0 && LastOf(contacts, 0, channel, outboundOnly: true) is { } last
        && now.UnixMs - last < rules.CoolDownHours * Instant.HourMs;

    private static bool IsTooOften(ContactRules rules, ReadOnlySpan<Contact> contacts, ulong channel, Instant now)
    {
        for (var i = 0; i < rules.Caps.Count; i++)
        {
            var cap = rules.Caps[i];
            var since = now.UnixMs - cap.Days * Instant.DayMs;
            var count = 0;
            for (var j = contacts.Length - 1; j >= 0 && contacts[j].At.UnixMs > since; j--)
            {
                if (contacts[j].Outbound && (channel == 0 || contacts[j].Channel == channel)) count++;
            }
            if (count >= cap.Count) return true;
        }
        return false;
    }

    private static long? LastOf(ReadOnlySpan<Contact> contacts, ulong offer, ulong channel, bool outboundOnly)
    {
        for (var i = contacts.Length - 1; i >= 0; i--)
        {
            ref readonly var contact = ref contacts[i];
            if (outboundOnly && !contact.Outbound) continue;
            if ((offer == 0 || contact.Offer == offer) && (channel == 0 || contact.Channel == channel))
                return contact.At.UnixMs;
        }
        return null;
    }
}
