"""General words of advertising and of conversation, in groups.

A closed list from general knowledge, so that what the model learns about these words applies to any
article. docs/algorithms/screening.md explains how it was compiled.
"""

from typing import Final

GROUPS: Final[dict[str, str]] = {
    # What advertising asks for.
    "follow": "subscribe subscribes subscribed subscribing subscriber subscribers subscription sub subs subbed "
    "follow follows following follower followers add abonnieren abonniert abonnez abonner suscribete suscribirse "
    "suscribanse inscreva iscriviti seguimi sigueme segueme sub4sub f4f s4s подпишись подписывайтесь",
    "visit": "check checked checking checkout visit visiting visita visitez besucht click clicking klick clic clique",
    "watch": "watch watching look looking listen listening hear see mira schaut regardez guarda escuchen",
    "go": "go come going head",
    "get": "get download install join register signup sign try use start order",
    "buy": "buy shop purchase sell selling sale sales cheap price prices discount offer offers deal deals coupon promo "
    "shipping wholesale kaufen acheter comprar comprare",
    "help": "help support vote votes voting share spread donate donation donations petition signature thumbs thumb "
    "retweet repost feedback advice rate teilen partagez comparte aiuto ayuda",
    "like": "like likes liked",
    "please": "please pls plz plss plzz pleas plis bitte svp favor",
    "thanks": "thanks thank thx thanx gracias danke merci",
    "chance": "chance dream dreams talent talented famous goal opportunity appreciate grateful promise disappointed regret miss",
    # Whose, and where.
    "own": "my our mine mein meine mon ma mes mi mis mio mia nuestro unser notre",
    "me": "me us",
    "i": "i im we ive we're were id ill",
    "you": "you u your ur yours ya youre you're yourself",
    "place": "channel channels chanel page pages site sites website websites web webpage homepage blog blogs profile "
    "account accounts link links url store app apps group server stream kanal canal chaine canale pagina seite",
    "work": "video videos vid vids clip clips song songs music cover covers remix remixes beat beats track tracks mixtape "
    "album rap raps playlist vlog vlogs podcast tutorial tutorials gameplay gaming montage montages band book ebook "
    "novel project content singing",
    "network": "youtube yt facebook fb twitter instagram insta ig snapchat tiktok telegram whatsapp soundcloud twitch "
    "tumblr vine discord kik skype linkedin reddit pinterest spotify itunes google",
    "make": "made make makes making upload uploaded uploading uploads post posted posting posts create created started "
    "starting recorded released",
    "self": "singer rapper musician songwriter producer youtuber gamer artist photographer blogger dj designer company "
    "newcomer upcoming aspiring small unsigned independent",
    "new": "new newest latest first",
    "name": "name names called known",
    # What it promises.
    "money": "money cash dollar dollars usd eur euro euros buck bucks paid pay paying earn earned earning earnings income "
    "profit profits salary paypal payment rich wealth geld argent dinero dinheiro soldi bitcoin btc crypto "
    "cryptocurrency forex invest invested investing investment investor trading trader wallet payout",
    "loan": "loan loans credit debt mortgage insurance lender kredit",
    "free": "free gratis kostenlos gratuit gratuito win winner winning won prize prizes gift gifts giveaway giveaways "
    "giving bonus card cards code codes guaranteed guarantee unlimited exclusive limited generator",
    "goods": "iphone ipad xbox psn amazon ebay steam rolex replica handbag handbags gucci vuitton nike jersey jerseys "
    "shirt shirts tshirt hoodie merch shoes watches sunglasses",
    "jobs": "job jobs home online business hour hours hourly week weekly boss freelance",
    "trick": "hack hacks hacked hacking hacker cheat cheats crack keygen legit scam recover recovery",
    "search": "seo traffic ranking backlink backlinks leads marketing advertise advertising promote promotion promoting",
    "drugs": "viagra cialis pharmacy pill pills weight diet slim keto cbd herbal cure supplement supplements spell caster",
    "sex": "sex sexy porn xxx nude nudes naked dating date singles cam webcam hookup escort ass boobs",
    "casino": "casino poker slot slots bet bets betting gambling jackpot lottery roulette",
    "essays": "essay essays dissertation assignment homework writing",
    # How it addresses people.
    "greet": "hey hi hello hallo hola bonjour ciao sup greetings",
    "all": "everyone everybody guys people friends folks anyone anybody someone all",
    # How people talk about what they have read or seen.
    "he": "he she they him her them his hers their himself herself hes shes he's she's they're",
    "praise": "love loved loves best good great awesome amazing nice cool beautiful perfect favorite favourite brilliant "
    "excellent wonderful fantastic legend",
    "blame": "hate bad worst stupid dumb boring annoying terrible awful ugly sucks suck ridiculous shame wrong nonsense rubbish",
    "swear": "fuck fucking fucked shit damn hell crap bitch idiot idiots moron wtf",
    "laugh": "lol lmao rofl haha hahaha xd omg wow lmfao funny hilarious",
    "think": "think thought believe know understand agree disagree mean means opinion true guess wonder remember "
    "hope wish feel say says said saying",
    "cause": "because why although though however therefore since unless whether maybe perhaps",
    "time": "still ever never always again already years year ago today yesterday old",
    "amount": "million millions billion billions thousand hundred view views",
    "article": "article story author writer editor journalist news report paper headline paragraph source sources",
}
"""The words of each group, in lower case."""

PLAIN: Final = (
    "a an the this that these those it its to of in on at by for from with about into out up off back over here there "
    "and or but if so than then when while is are was be been am do does did dont doesn't not no yes can could will "
    "would should have has had just only also more most much many very really some any what who how which where now "
    "one two let want need give take keep"
)
"""Common words of any sentence; each is a group of its own."""

TOGETHER: Final = frozenset(
    [
        "follow",
        "visit",
        "watch",
        "go",
        "get",
        "buy",
        "help",
        "like",
        "please",
        "own",
        "me",
        "place",
        "work",
        "network",
        "make",
        "self",
        "new",
        "money",
        "free",
        "jobs",
        "greet",
        "all",
        "chance",
    ]
)
"""Groups whose combinations anywhere in a comment are features."""
