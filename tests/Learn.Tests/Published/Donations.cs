using DToC.Learn.CustomerBase;

namespace DToC.Published;

/// <summary>
/// Donations of 11,104 supporters of a public radio station first giving in 1995, over the six years after (Fader,
/// Hardie and Shang 2010).
/// </summary>
internal static class Donations
{
    /// <summary>The published counts by recency and frequency.</summary>
    public static PurchaseHistories Histories(DataFolder folder) => PurchaseHistories.Of(
        NumberTable.Read(folder.File("cdnow/donations.csv"))
            .Select(row => new PurchaseHistory(row[0], row[1], row[2], row[3])));

    /// <summary>Log-likelihood of BG/BB.</summary>
    public static double[] Figures(DataFolder folder) =>
        [PurchaseFit.Of<Twin.Models.CustomerBase.BgBb>(Histories(folder)).Expect().LogLikelihood];
}
