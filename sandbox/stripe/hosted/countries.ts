/** The countries that the page offers; ISO 3166-1 alpha-2. */
const CODES =
  'US AR AT AU BE BG BR CA CH CL CN CO CR CY CZ DE DK EE EG ES FI FR GB GR HK HR HU ID IE IL IN IS IT JP KE KR LK LT LU LV MA MT MX MY NG NL NO NZ PE PH PK PL PT RO RS SE SG SI SK TH TR TW UA VN ZA'.split(
    ' ',
  )

const names = new Intl.DisplayNames(['en'], { type: 'region' })

export const COUNTRIES: { code: string; name: string }[] = CODES.map((code) => ({
  code,
  name: names.of(code) ?? code,
})).sort((a, b) => a.name.localeCompare(b.name, 'en'))

export const isCountry = (code: string) => COUNTRIES.some((country) => country.code === code)
