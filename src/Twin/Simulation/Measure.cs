namespace DToC.Twin.Simulation;

/// <summary>What is summed over members, a whole number each week of each scenario.</summary>
public enum Measure
{
    /// <summary>Customers who have not left by the end of the week.</summary>
    Active,

    /// <summary>Orders that were served, a day with any purchase each.</summary>
    Orders,

    /// <summary>Pieces bought, in thousandths.</summary>
    UnitsMilli,

    /// <summary>Amount of the orders, in hundredths of the definition's currency; returns are not taken off.</summary>
    RevenueMinor,

    /// <summary>Margin of what was bought and kept, in hundredths of the definition's currency.</summary>
    MarginMinor,

    /// <summary>Orders sent back.</summary>
    Returns,

    /// <summary>Amount of the orders sent back, in hundredths of the definition's currency.</summary>
    RefundedMinor,

    /// <summary>Orders that could not be served and were lost.</summary>
    Lost,

    /// <summary>Tickets and calls.</summary>
    Contacts,

    /// <summary>Answers to surveys.</summary>
    Answers,

    /// <summary>Customers who left.</summary>
    Churned,

    /// <summary>Satisfaction of those active, in millionths; over <see cref="Active"/> it is a mean.</summary>
    SatisfactionMicro,

    /// <summary>Customers who adopted something new.</summary>
    Adopted,

    /// <summary>Offers made by the decision rules; 0 where these do not run.</summary>
    Offers,

    /// <summary>Offers that were taken.</summary>
    Accepted,
}

/// <summary>The measures as a set.</summary>
public static class Measures
{
    /// <summary>How many there are.</summary>
    public const int Count = (int)Measure.Accepted + 1;

    /// <summary>Hundredths in one unit of a currency.</summary>
    public const double MinorPerUnit = 100;

    /// <summary>What one unit of a measure is divided by for people: 100, 1,000, 1,000,000 or 1.</summary>
    public static double Scale(Measure measure) => measure switch
    {
        Measure.RevenueMinor or Measure.MarginMinor or Measure.RefundedMinor => MinorPerUnit,
        Measure.UnitsMilli => 1e3,
        Measure.SatisfactionMicro => 1e6,
        _ => 1,
    };
}

/// <summary>Whether a member takes part.</summary>
public enum MemberStanding
{
    /// <summary>It is simulated.</summary>
    Simulated,

    /// <summary>No legal basis for the purpose of the simulation or of its model of purchases.</summary>
    NoLegalBasis,

    /// <summary>No purchase yet: the model of purchases says nothing of such customers.</summary>
    NoPurchases,

    /// <summary>It was merged into another, who takes part.</summary>
    Merged,

    /// <summary>The model of purchases cannot read its history.</summary>
    NotSayable,
}

/// <summary>What is to be known of a member who is simulated. Each is counted once a path.</summary>
public enum MemberRemark
{
    /// <summary>Had left before the simulation began.</summary>
    GoneBefore,

    /// <summary>
    /// Own numbers of a model other than purchases may not be used, so the population's stand in.
    /// </summary>
    OwnWithheld,

    /// <summary>The history lies outside of what the model of purchases was fitted on.</summary>
    OutsideFitted,

    /// <summary>Stopped at <see cref="SimulationLimits.OrdersPerMember"/> in some scenario.</summary>
    TooManyOrders,

    /// <summary>In the control group of the decision rules; counted where these run.</summary>
    HeldOut,
}
